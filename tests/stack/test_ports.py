import socket

import pytest

from stack.errors import StackError
from stack.ports import check_free


def test_a_taken_port_is_named_with_a_way_out():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(StackError, match=rf"Port {port} \(ingest\) is taken: .*--port-base"):
            check_free("127.0.0.1", {"ingest": port})


def test_a_free_port_is_left_free():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    check_free("127.0.0.1", {"ingest": port})
    check_free("127.0.0.1", {"ingest": port})


def test_an_address_that_is_not_ours_is_said_in_a_sentence():
    with pytest.raises(StackError, match=r"Cannot listen on 192\.0\.2\.1, port 8001 \(ingest\): "):
        check_free("192.0.2.1", {"ingest": 8001})

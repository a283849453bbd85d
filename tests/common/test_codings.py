import gzip

import brotli
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from services.common.codings import CODINGS, quick, slow, wanted

TEXT = b"Tin m\xe1\xbb\x9bi. " * 200


@pytest.mark.parametrize(
    ("accept_encoding", "order"),
    [
        (None, ["identity"]),
        (b"", ["identity"]),
        (b"gzip", ["gzip", "identity"]),
        (b"gzip, deflate, br, zstd", ["br", "zstd", "gzip", "identity"]),
        (b"GZIP;Q=0.5", ["gzip", "identity"]),
        (b"x-gzip", ["gzip", "identity"]),
        (b"gzip;q=1.0, br;q=0.5, zstd;q=0", ["gzip", "br", "identity"]),
        (b"br;q=0.001, gzip ; q=0.9", ["gzip", "br", "identity"]),
        (b"*", ["br", "zstd", "gzip", "identity"]),
        (b"*;q=0.1, gzip", ["gzip", "br", "zstd", "identity"]),
        (b"gzip;q=0, *", ["br", "zstd", "identity"]),
        (b"identity, gzip;q=0.5", ["identity", "gzip"]),
        (b"identity;q=0, gzip", ["gzip", "identity"]),
        (b"*;q=0", ["identity"]),  # who refuses everything gets the text all the same
        (b"deflate, compress", ["identity"]),
        (b"gzip;q=2, br;level=1, ;, =", ["identity"]),
    ],
)
def test_a_reader_gets_the_coding_that_it_likes_best(accept_encoding, order):
    assert list(wanted(accept_encoding)) == order


@given(st.binary(max_size=300))
def test_whatever_a_reader_says_there_is_something_for_it(accept_encoding):
    order = wanted(accept_encoding)
    assert "identity" in order
    assert set(order) <= set(CODINGS)


def test_every_coding_gives_the_text_back_and_the_same_bytes_each_time():
    made = {**quick(TEXT), **slow(TEXT)}
    assert gzip.decompress(made["gzip"]) == TEXT
    assert zstd.decompress(made["zstd"]) == TEXT
    assert brotli.decompress(made["br"]) == TEXT
    assert made == {**quick(TEXT), **slow(TEXT)}


def test_what_compressing_makes_longer_stays_as_it_is():
    assert quick(b"x") == {}
    assert slow(b"") == {}

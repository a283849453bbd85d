"""`tinbai up` as people use it: real processes, a real broker."""

import json
import os
import signal
import socket
import subprocess

import httpx2
import psutil
import pytest

from stack.broker import Broker
from stack.fetch import ensure_jars
from stack.java import Java
from tests.integration.stacks import Stack
from tests.stack.processes import alive, until

# Tests on the shared stack stay on the worker that has it.
on_shared = pytest.mark.xdist_group("shared")


@on_shared
def test_up_ends_with_all_processes_ready_and_says_where_they_are(shared):
    again = shared.tinbai("status")
    assert again.returncode == 0
    told = json.loads(shared.tinbai("status", "--json").stdout)
    names = {process["name"] for process in told["processes"]}
    assert names == set(shared.processes()) == {"broker", "ingest", "syndicate", "archive"}
    page = httpx2.get(f"http://127.0.0.1:{shared.port_base}/")
    assert f"http://127.0.0.1:{shared.port_base + 2}/feeds/latest.atom" in page.text


@on_shared
def test_each_process_has_its_name_and_the_folder_in_its_command_line(shared):
    for name, pid in shared.pids().items():
        command = " ".join(psutil.Process(pid).cmdline())
        assert name in command
        assert str(shared.data) in command


@on_shared
@pytest.mark.parametrize("name", ["ingest", "syndicate", "archive", "broker"])
def test_a_killed_process_is_started_again_and_becomes_ready(shared, name):
    killed = shared.pids()[name]
    os.kill(killed, signal.SIGKILL)

    def is_back() -> bool:
        process = shared.processes()[name]
        return process["pid"] not in (None, killed) and process["ready"] == "ready"

    until(is_back)
    until(lambda: shared.tinbai("status").returncode == 0)


@on_shared
def test_a_second_stack_on_the_same_folder_is_refused(shared):
    second = Stack(shared.data).up()
    assert second.returncode == 1
    assert second.stderr.startswith(f"A stack runs on {shared.data} already")


@on_shared
def test_a_stack_uses_the_cluster_that_it_is_told(shared, stack):
    stack.environment["TINBAI_KAFKA_BOOTSTRAP"] = f"127.0.0.1:{shared.port_base + 92}"
    assert stack.up().returncode == 0
    assert set(stack.processes()) == {"ingest", "syndicate", "archive"}


def test_down_leaves_no_process_and_no_record(stack):
    assert stack.up().returncode == 0
    pids = [stack.supervisor(), *stack.pids().values()]
    down = stack.tinbai("down")
    assert (down.returncode, down.stdout) == (0, "Stopped.\n")
    assert not [pid for pid in pids if alive(pid)]
    assert not (stack.data / "stack.json").exists()
    for offset in (0, 1, 2, 3, 92, 93):
        socket.create_server(("127.0.0.1", stack.port_base + offset)).close()


def test_no_child_outlives_a_killed_supervisor_and_the_next_start_works(stack):
    assert stack.up().returncode == 0
    children = stack.pids().values()
    os.kill(stack.supervisor(), signal.SIGKILL)
    until(lambda: not any(map(alive, children)))
    assert stack.up().returncode == 0


def test_ctrl_c_even_twice_stops_all_in_order(stack):
    up = subprocess.Popen(
        stack.command("up", "--port-base", str(stack.port_base)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert up.stdout
    assert up.stdout.readline() == "tinbai is up.\n"
    children = stack.pids().values()
    up.send_signal(signal.SIGINT)
    up.send_signal(signal.SIGINT)
    _, stderr = up.communicate(timeout=90)
    assert (up.returncode, stderr) == (0, "")
    assert not any(map(alive, children))
    lines = map(json.loads, (stack.data / "logs" / "stack.log").read_text().splitlines())
    stopped = [line["process"] for line in lines if line["event"] == "process_stopped"]
    assert (stopped[0], stopped[-1]) == ("ingest", "broker")


def test_a_taken_port_is_one_sentence(stack):
    with socket.create_server(("127.0.0.1", stack.port_base + 2)):
        started = stack.up()
    assert started.returncode == 1
    assert started.stderr == (
        f"Port {stack.port_base + 2} (syndicate) is taken: stop what listens there, "
        "or choose other ports with --port-base.\n"
    )


def test_an_unwritable_folder_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    started = Stack(tmp_path / "file" / "data").up()
    assert started.returncode == 1
    assert started.stderr == (
        f"Cannot write to the data folder {tmp_path}/file/data: Not a directory.\n"
    )


def test_a_missing_network_at_the_first_start_is_one_sentence(stack, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
    stack.environment |= {
        "TINBAI_CACHE": str(tmp_path / "cache"),
        "HTTPS_PROXY": nobody,
        "https_proxy": nobody,
        "NO_PROXY": "",
        "no_proxy": "",
    }
    started = stack.up()
    assert started.returncode == 1
    assert started.stderr.splitlines()[-1] == (
        "Apache Kafka could not be fetched from Maven Central (ProxyError): "
        "the first start needs the network, later ones don't."
    )


def test_a_format_that_was_cut_short_is_done_again(tmp_path):
    broker = Broker(tmp_path / "broker", Java(ensure_jars()), port=1, controller_port=2)
    half = broker.folder / "log.new"
    half.mkdir(parents=True)
    (half / "meta.properties").write_text("version=1\n")
    broker.prepare()
    assert "cluster.id=" in (broker.folder / "log" / "meta.properties").read_text()
    assert not half.exists()

"""What Kafka confirmed and then lost, it gets again: ingest kept it."""

import os
import shutil
import signal

from tests.stack.processes import until


def test_a_broker_that_lost_everything_gets_every_article_again(stack):
    assert stack.up().returncode == 0
    stack.add_unit("HQ")
    made = [stack.submit("HQ", headline=f"Tin {n}")["id"] for n in range(5)]
    until(lambda: len(stack.feed_ids()) == 5)
    assert stack.tinbai("down").returncode == 0
    shutil.rmtree(stack.data / "broker")
    shutil.rmtree(stack.data / "archive")

    assert stack.up().returncode == 0

    until(lambda: all(stack.get("archive", f"/v1/articles/{i}").status_code == 200 for i in made))
    assert stack.feed_ids() == made[::-1]
    last = stack.submit("HQ", headline="Tin sau")["id"]
    until(lambda: stack.feed_ids() == [last, *made[::-1]])


def test_a_broker_that_lost_the_ends_of_its_logs_gets_them_again(stack):
    assert stack.up().returncode == 0
    stack.add_unit("HQ")
    made = [stack.submit("HQ", headline=f"Tin {n}")["id"] for n in range(8)]
    until(lambda: len(stack.feed_ids()) == 8)
    stack.until_settled()
    os.kill(stack.supervisor(), signal.SIGKILL)
    until(lambda: stack.tinbai("status").returncode != 0)
    _lose_half_of_each_log(stack.data / "broker" / "log")
    shutil.rmtree(stack.data / "archive")

    assert stack.up().returncode == 0

    until(lambda: all(stack.get("archive", f"/v1/articles/{i}").status_code == 200 for i in made))
    assert stack.feed_ids() == made[::-1]


def _lose_half_of_each_log(folder) -> None:
    """Do what a power cut does to what was never synced."""
    cut = 0
    for log in folder.glob("articles-*/*.log"):
        if size := log.stat().st_size:
            os.truncate(log, size // 2)
            cut += 1
    assert cut

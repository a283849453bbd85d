"""Nobody who waits for a busy host holds up another."""

from collections import Counter
from dataclasses import dataclass

from services.syndicate.lanes.room import Room


@dataclass
class Waiting:
    seq: int
    host: str


def test_a_host_gets_no_more_than_its_share_with_what_runs():
    room = Room(places=4, per_host=2, running=[9], hosts=Counter({"a": 1}))
    due = [Waiting(seq, host) for seq, host in enumerate("aaabbbcd")]
    assert room.fitting(due) == [0, 3, 4, 6]
    assert room.hosts == Counter({"a": 1})

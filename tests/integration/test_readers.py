"""The way of a change to feed readers that nobody here wrote, through the whole stack.

What they show of everything that feeds can say, and what they keep, is in tests/readers/.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.integration.stacks import Stack
from tests.readers.every import Reads
from tests.readers.programs import Newsboat, Rss2email
from tests.stack.processes import until

pytestmark = pytest.mark.xdist_group("shared")


@pytest.mark.parametrize("make", [Newsboat, Rss2email])
def test_two_corrections_and_a_retraction_are_seen_one_after_the_other(
    shared: Stack, make: Callable[[Path], Reads], tmp_path: Path
):
    unit = f"FAST-{make.__name__}"
    feed = f"units/{unit}"
    shared.add_unit(unit)
    made = shared.submit(unit, headline="Lần một")
    path = f"/v1/articles/{made['id']}"
    reads = make(tmp_path)

    def shows(headline: str) -> bool:
        return [item["title"] for item in shared.feed(feed)] == [headline]

    def read() -> list[str]:
        return [item.title for item in reads.read(f"{shared.url('syndicate')}/feeds/{feed}.rss")]

    until(partial(shows, "Lần một"))
    assert read() == ["Lần một"]
    for version, headline in ((1, "Lần hai"), (2, "Lần ba")):
        body = {"headline": headline, "body": f"<p>{headline}</p>", "correction_note": "Sửa."}
        assert shared.ask("PUT", path, body, If_Match=f'"{version}"').is_success
        until(partial(shows, headline))
        assert read() == [headline]

    why = {"reason": "Sai.", "notice": "Chúng tôi rút tin này."}
    assert shared.ask("POST", f"{path}/retraction", why).is_success
    until(partial(shows, "Tin đã được rút"))
    assert read() == ["Tin đã được rút"]


def test_a_reader_that_has_the_feed_is_told_so_in_304(shared: Stack):
    path = "/feeds/genres/podcast.rss"  # nothing changes it while this runs
    first = shared.get("syndicate", path)

    again = shared.get("syndicate", path, **{"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")

"""What holds of the embedded index holds of a cluster."""

import httpx2
import pytest

from services.archive.engine.contract import EngineFailed
from tests.archive.test_api import *  # noqa: F403
from tests.factories import article

pytestmark = pytest.mark.xdist_group("opensearch")


def forbid_writing(cluster: str, name: str, *, forbidden: bool) -> None:
    setting = {"index.blocks.write": forbidden}
    httpx2.put(f"{cluster}/{name}-*/_settings", json=setting).raise_for_status()


async def test_it_is_not_ready_when_its_index_cannot_be_written(  # type: ignore[no-redef]
    archive, cluster, name
):
    archive.take(article())
    forbid_writing(cluster, name, forbidden=True)
    with pytest.raises(EngineFailed):
        archive.take(article())
    answer = await archive.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["index"] == "403 cluster_block_exception"

    forbid_writing(cluster, name, forbidden=False)
    archive.take(article())
    assert (await archive.json("/readyz"))["articles"] == 2

"""The same archive on a cluster: each test has indexes of its own in the one that they share."""

from collections.abc import Iterator
from itertools import count

import pytest

from services.archive.cluster.engine import ClusterEngine
from tests.archive.conftest import running_archive
from tests.opensearch.nodes import running_nodes

_numbers = count(1)


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """Give the address of a cluster of one node."""
    with running_nodes() as [node]:
        yield node.url


@pytest.fixture
def name(cluster) -> str:
    """Give a name for indexes that nobody else has; they go with the cluster."""
    return f"test{next(_numbers)}"


@pytest.fixture
def engine(cluster, name):
    opened = ClusterEngine([cluster], name)
    yield opened
    opened.close()


@pytest.fixture
async def archive(tmp_path, cluster, name):
    async with running_archive(tmp_path, search_url=cluster, search_index=name) as running:
        yield running

"""Papers for readers to read."""

from collections.abc import Iterator

import pytest

from tests.readers.paper import Paper, printing
from tests.syndicate.samples import NAMES, SAMPLES


@pytest.fixture(scope="module")
def full() -> Iterator[Paper]:
    """Give a paper with everything that feeds can say."""
    with printing(NAMES) as paper:
        paper.publish(*SAMPLES.values())
        yield paper


@pytest.fixture
def paper() -> Iterator[Paper]:
    """Give an empty paper."""
    with printing(NAMES) as paper:
        yield paper

"""What holds of the embedded index holds of a cluster."""

import pytest

from tests.archive.test_suggest import *  # noqa: F403

pytestmark = pytest.mark.xdist_group("opensearch")

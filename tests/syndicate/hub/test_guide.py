"""What docs/websub.md tells partners is so."""

import re
from pathlib import Path
from typing import Any

import pytest

from services.syndicate.feeds.binding import Document
from services.syndicate.hub.delivery import headers_of
from services.syndicate.settings import SyndicateSettings

GUIDE = (Path(__file__).parents[3] / "docs" / "websub.md").read_text()
DOCUMENT = Document("/feeds/latest.rss", "application/rss+xml", '"1"', "Tin mới".encode())


@pytest.fixture
def is_genuine():
    example = re.search(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    assert example
    scope: dict[str, Any] = {}
    exec(example[1], scope)
    return scope["is_genuine"]


@pytest.mark.parametrize(
    ("secret", "body", "genuine"),
    [
        ("bí mật", DOCUMENT.body, True),
        ("bí mật", DOCUMENT.body + b" ", False),
        ("another", DOCUMENT.body, False),
        (None, DOCUMENT.body, False),
    ],
)
def test_the_example_tells_our_pushes_from_others(is_genuine, secret, body, genuine):
    headers = headers_of(DOCUMENT, "https://feeds.example/feeds/latest.rss", "-", secret)
    assert is_genuine("bí mật".encode(), body, headers) is genuine


def test_every_setting_of_the_hub_is_told_with_its_default(tmp_path):
    for name, field in SyndicateSettings.model_fields.items():
        if name.startswith("hub_lease"):
            assert str(field.default) in GUIDE
        elif name.startswith("hub_"):
            assert f"| `TINBAI_{name.upper()}` | {field.default} |" in GUIDE

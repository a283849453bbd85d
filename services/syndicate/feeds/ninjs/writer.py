"""ninjs as bytes: an item by itself, and many as `{"items": [...]}`."""

from collections.abc import Sequence

from services.syndicate.feeds.ninjs.shape import Ninjs


def written(item: Ninjs) -> bytes:
    """Write an item."""
    return item.model_dump_json(by_alias=True, exclude_none=True).encode()


def feed_of(items: Sequence[bytes]) -> bytes:
    """Put written items together."""
    return b'{"items":[' + b",".join(items) + b"]}"

"""Which rows are due for which lane."""

from sqlalchemy import and_, case, literal, or_, true

from services.syndicate.hub.claims import Due
from services.syndicate.tables import HUB_HANDSHAKE, HUB_SUBSCRIPTION

# What retractions, corrections and urgent news change first.
_EXPRESS = ("/feeds/urgent.%", "/feeds/corrections.%")

TO_VERIFY = Due(HUB_HANDSHAKE, lambda _: true(), literal(0))
_OF = HUB_SUBSCRIPTION.c
TO_PUSH = Due(
    HUB_SUBSCRIPTION,
    lambda at: and_(_OF.failures == 0, _OF.expires > at),
    case((or_(*map(_OF.topic.like, _EXPRESS)), 0), else_=1),
)
TO_RETRY = Due(
    HUB_SUBSCRIPTION,
    lambda at: and_(_OF.failures > 0, _OF.expires > at),
    TO_PUSH.rank,
)

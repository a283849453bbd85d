"""Which rows are due for which lane."""

from sqlalchemy import and_, case, or_, select, true

from services.syndicate.hub.claims import Due
from services.syndicate.tables import HUB_HANDSHAKE, HUB_SUBSCRIPTION

# What retractions, corrections and urgent news change first.
_EXPRESS = ("/feeds/urgent.%", "/feeds/corrections.%")

_OF, _ASKED = HUB_SUBSCRIPTION.c, HUB_HANDSHAKE.c
_KNOWN = select(_OF.seq).where(_OF.topic == _ASKED.topic, _OF.callback == _ASKED.callback).exists()
# Whoever fills this lane with callbacks that never answer holds up neither who renews nor, for
# long, who is new.
TO_VERIFY = Due(HUB_HANDSHAKE, lambda _: true(), case((_KNOWN, 0), else_=1 + _ASKED.attempts))
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

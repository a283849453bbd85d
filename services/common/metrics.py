"""Every metric there is, with its labels; `/metrics` on each service shows what it uses."""

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

HTTP_REQUESTS = Counter(
    "tinbai_http_requests", "Answers, by route and status", ["method", "route", "status"]
)
HTTP_SECONDS = Histogram(
    "tinbai_http_seconds", "Time from request to answer", ["route"], buckets=_SECONDS
)
PUBLIC_READS = Counter(
    "tinbai_public_reads",
    "Answers with feeds, pages of their history, or media",
    ["kind", "status"],
)
KAFKA_UP = Gauge("tinbai_kafka_up", "1 while Kafka answers")
LAG = Gauge("tinbai_lag_records", "Records of a topic not taken yet", ["topic"])
PARKED = Counter("tinbai_parked", "Records put into articles.dead", ["topic", "reason"])
OUTBOX_WAITING = Gauge("tinbai_outbox_waiting", "Events that Kafka has not confirmed yet")
SUBMISSIONS = Counter("tinbai_submissions", "Submissions by what became of them", ["status"])
FEED_RENDERS = Counter("tinbai_feed_renders", "Feeds made anew")
FEED_RENDER_SECONDS = Histogram(
    "tinbai_feed_render_seconds", "Time to render a few feeds together", buckets=_SECONDS
)
FEED_FAILURES = Counter(
    "tinbai_feed_failures", "Feeds and lists that could not be made; each is tried again"
)
FEED_RENDER_ERRORS = Counter("tinbai_feed_render_errors", "Entries left out of feeds by an error")
HISTORY_RENDERS = Counter("tinbai_history_renders", "Pages of feeds' histories made")
PAGE_RENDERS = Counter(
    "tinbai_page_renders", "Pages made; all others that were answered had been made before"
)
INDEXED = Counter("tinbai_indexed", "Article versions taken into the index")
POLLS = Counter("tinbai_polls", "Polls of units' feeds, by what came of them", ["outcome"])
POLLED_ITEMS = Counter(
    "tinbai_polled_items",
    "New and changed items of units' feeds, by what became of them",
    ["outcome"],
)
HUB_SUBSCRIPTIONS = Gauge("tinbai_hub_subscriptions", "WebSub subscriptions that are active")
HUB_PENDING = Gauge("tinbai_hub_pending", "WebSub subscriptions that wait for a push")
HUB_HANDSHAKES = Counter(
    "tinbai_hub_handshakes",
    "Verifications of WebSub subscribers' intent, and denials, by what came of them",
    ["mode", "outcome"],
)
HUB_PUSHES = Counter("tinbai_hub_pushes", "WebSub pushes, by what came of them", ["outcome"])
HUB_DROPPED = Counter(
    "tinbai_hub_dropped", "WebSub subscriptions that ended, by the reason", ["reason"]
)
DELIVERY_ATTEMPTS = Counter(
    "tinbai_delivery_attempts",
    "Attempts to push an entry to a partner, by the kind of way and what came of them",
    ["way", "outcome"],
)
DELIVERIES_WAITING = Gauge("tinbai_deliveries_waiting", "Deliveries that wait to be pushed")
WAYS_OFF = Gauge("tinbai_ways_off", "Ways of pushing that are off")
WAYS_TURNED_OFF = Counter(
    "tinbai_ways_turned_off", "Ways that a partner, or its long silence, turned off", ["way", "why"]
)
ACKNOWLEDGEMENTS = Counter(
    "tinbai_acknowledgements", "Words of partners on what they got, by what they say", ["state"]
)
TAKEDOWNS = Gauge(
    "tinbai_takedowns",
    "Retractions that partners have not said to have applied, by how long they may take: waiting, "
    "reminded, overdue",
    ["state"],
)
LOOKS = Counter(
    "tinbai_takedown_looks", "Looks at partners' pages for a retracted text, by result", ["seen"]
)
TEXTS_STANDING = Gauge(
    "tinbai_retracted_texts_standing", "Pages of partners where a retracted text was seen last"
)

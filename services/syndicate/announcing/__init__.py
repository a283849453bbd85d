"""Word to Kafka, through an outbox: which versions the feeds show, and what happened to them at
partners."""

"""OpenSearch for tests: its own distribution, from Maven, on the broker's Java."""

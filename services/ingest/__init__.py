"""ingest: submission in, event out."""

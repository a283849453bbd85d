"""Plumbing: Kafka, database, HTTP, logging, errors. Not a word about articles."""

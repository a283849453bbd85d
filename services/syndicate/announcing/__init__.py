"""Word, through an outbox, of which versions the feeds show."""

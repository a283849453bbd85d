"""Mail: an entry as a message, and what became of it as replies."""

"""The text of an article: made safe, and compared."""

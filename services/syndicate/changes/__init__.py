"""Entries: what each partner is told of an article, in order and without a gap."""

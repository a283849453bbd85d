"""Lanes: calls to others that are due, so many at once; what is slow holds up its lane only."""

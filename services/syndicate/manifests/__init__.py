"""Manifests: a signed list of what a partner was told on a day."""

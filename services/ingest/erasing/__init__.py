"""Erasure by order: what goes in one transaction, and what is done afterwards."""

"""Feeds, purely: which public ones there are, what stands in them, and how each format says it, to
readers and to partners."""

"""Public feeds, purely: which there are, what stands in them, and how each format says it."""

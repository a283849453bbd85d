"""Vietnamese as it is written and typed, as the terms that an engine finds."""

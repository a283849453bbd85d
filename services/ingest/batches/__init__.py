"""Many articles at once."""

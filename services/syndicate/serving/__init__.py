"""Ready bytes: in memory, in every coding, and as files; what HTTP says of them."""

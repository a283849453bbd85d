"""archive: event in, history and index out."""

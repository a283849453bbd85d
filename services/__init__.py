"""The three services and the plumbing that they share."""

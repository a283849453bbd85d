"""What was made for one reader, kept for the next: as long as it is right, and there is room."""

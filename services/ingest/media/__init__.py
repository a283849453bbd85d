"""Pictures, sound and film: taken in as a stream, checked apart from all else, kept under an id
made from their bytes."""

"""What became of an article, hop by hop."""

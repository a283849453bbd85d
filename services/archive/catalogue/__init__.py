"""What can be asked of the archive: articles, lists, search and related news, on any engine."""

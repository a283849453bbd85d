"""What archive asks of a search engine: documents in, queries answered; two engines do it."""

"""syndicate: event in, feeds out."""

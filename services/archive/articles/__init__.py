"""What is known of an article, whatever the order in which its events come."""

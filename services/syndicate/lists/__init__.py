"""What is made of all feeds together: subscriptions, the first page, the news sitemap."""

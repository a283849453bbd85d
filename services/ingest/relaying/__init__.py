"""The outbox, and what moves it to Kafka and sees to it that it stays there."""

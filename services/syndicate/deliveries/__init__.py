"""Deliveries: entries pushed to partners, by each way on its own."""

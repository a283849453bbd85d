"""The contracts: what the three services say to each other over Kafka, and nothing else."""

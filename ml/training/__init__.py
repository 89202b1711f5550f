"""Learns the weights of our own model. What is learned from, and how; the weights stand in ml/embeddings/weights."""

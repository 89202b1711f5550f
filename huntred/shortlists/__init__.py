"""Shortlists: the people whom a consultant presents for a vacancy, and the links by which a client sees them."""

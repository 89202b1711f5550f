"""Pages without a log-in: signed, expiring links and the privacy notices."""

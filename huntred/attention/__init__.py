"""What the facts of an open vacancy say: how it stands beside alike ones that were filled, and what to do about it."""

"""Confidential searches: client and candidate learn each other's names only after both agreed (decision 0025)."""

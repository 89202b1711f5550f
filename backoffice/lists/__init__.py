"""Lists that are declared once: their filters, their columns, and what an export writes of each."""

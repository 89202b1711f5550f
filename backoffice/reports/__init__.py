"""What the pages read; nothing here writes."""

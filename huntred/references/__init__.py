"""References of a candidate: asked with their consent, answered by a link, read side by side (decision 0040)."""

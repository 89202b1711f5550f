"""The fault suite: everything that may die dies while many people write, and a checker looks for what was lost."""

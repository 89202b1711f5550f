"""Demo data: a group at work, the same every time, marked as generated. It never trains or unlocks anything."""

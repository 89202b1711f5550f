"""`make connect`: from what a vendor gives to a channel that works. Run again, it repairs what is broken."""

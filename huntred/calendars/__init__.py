"""A user's own calendar on a server that speaks CalDAV (RFC 4791): the interviews of theirs are written into it."""

"""The statements of the queue of chats; what they are for, and in which order they go, is told in bot/lane.py."""

from __future__ import annotations

MOST_ROWS = 50

ASYNC = "set_config('synchronous_commit', 'off', true)"
WITHOUT_WAITING = f"SELECT {ASYNC}"
# Locked first, read in the next statement: one statement would see the inbox as it was before it waited for the lock.
CLAIM = f"""
UPDATE chats SET due = clock_timestamp() + make_interval(secs => %(lease)s), token = %(token)s
WHERE id = (
    SELECT id FROM chats WHERE due <= now() AND coalesce(turn_unit, unit) = ANY(%(units)s)%(only)s
    ORDER BY background, due LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
)
RETURNING id, unit, turn_unit, channel, channel_account_id, conversation_id, person_id, heard_at, heard_seq,
    set_config('app.chat', id::text, true), set_config('app.units', coalesce(turn_unit, unit), true), {ASYNC}
"""
CLAIM_ANY = CLAIM.replace("%(only)s", "")
CLAIM_BACKGROUND = CLAIM.replace("%(only)s", " AND background")
WAITING = f"""
SELECT id, kind, vendor_id, payload, received_at, turn_id, parse, attempts, conversation_id, unit, vendor_at,
    vendor_seq, extract(epoch FROM clock_timestamp() - received_at)::float AS waited
FROM inbox WHERE chat_id = nullif(current_setting('app.chat', true), '')::uuid AND state = 'waiting'
ORDER BY id LIMIT {MOST_ROWS}
"""
# The first of each end of the index, not the least of all that are due; no row where nothing will be.
UNTIL_DUE = """
SELECT greatest(extract(epoch FROM due - clock_timestamp()), 0)::float AS wait FROM (
    (SELECT due FROM chats WHERE background = false AND due IS NOT NULL
        AND coalesce(turn_unit, unit) = ANY(%(units)s) ORDER BY due LIMIT 1)
    UNION ALL
    (SELECT due FROM chats WHERE background = true AND due IS NOT NULL
        AND coalesce(turn_unit, unit) = ANY(%(units)s) ORDER BY due LIMIT 1)
) first ORDER BY due LIMIT 1
"""
OPEN_CONVERSATION = """
INSERT INTO conversations (id, unit, chat_id, channel, person_id, last_inbound_at)
VALUES (%(id)s, %(unit)s, %(chat)s, %(channel)s, %(person)s, clock_timestamp())
ON CONFLICT (chat_id, unit) DO NOTHING
"""
_CONVERSATION = "SELECT id, handling, version, current_step, language FROM conversations"
CONVERSATION = f"{_CONVERSATION} WHERE chat_id = %s AND unit = %s"
# Of the chat that was just claimed, in the unit that it is in.
CLAIMED_CONVERSATION = f"""
{_CONVERSATION}
WHERE chat_id = nullif(current_setting('app.chat', true), '')::uuid AND unit = current_setting('app.units', true)
"""
PIN = """
UPDATE inbox SET turn_id = %(turn)s, conversation_id = %(conversation)s, unit = %(unit)s,
    late = late OR id = ANY(%(late)s)
WHERE id = ANY(%(rows)s)
"""
# A person's events, from the start of the current session on; none where they are known already. The start is found
# first and is a bound of the index: what was said before is not read.
EVENTS = """
WITH began AS MATERIALIZED (
    SELECT coalesce((
        SELECT seq FROM tracker_events WHERE conversation_id = %(conversation)s AND name = 'session_started'
        ORDER BY seq DESC LIMIT 1), 0) AS seq
)
SELECT e.seq, e.event FROM began JOIN tracker_events e
    ON e.conversation_id = %(conversation)s AND e.seq >= began.seq
ORDER BY e.seq
"""
OPTIONS = """
SELECT option_id, title, description, intent, entities, ord, multiple, turn_id, expires_at < now() AS expired
FROM offered_options WHERE conversation_id = %s ORDER BY ord
"""
# An expired pause of a flood is in the past, and so changes nothing.
GIVE_BACK = """
WITH waiting AS (
    SELECT kind, received_at FROM inbox WHERE chat_id = %(chat)s AND state = 'waiting' ORDER BY id
), following AS (
    SELECT CASE WHEN kind = 'text' THEN received_at + make_interval(secs => %(burst)s) ELSE received_at END AS due
    FROM waiting LIMIT 1
)
UPDATE chats SET token = NULL, turn_unit = NULL, version = version + 1,
    due = (SELECT greatest(following.due, chats.paused_until) FROM following),
    background = coalesce((SELECT bool_and(kind = 'notice') FROM waiting), false),
    heard_at = greatest(heard_at, %(heard_at)s), heard_seq = coalesce(%(heard_seq)s, heard_seq)
WHERE id = %(chat)s AND token = %(token)s
"""

"""The statements of one flush; in which order they go, and why, is told in bot/storing.py."""

from __future__ import annotations

LOCK_CHATS = """
INSERT INTO chats AS c (id, channel_account_id, channel, user_id, user_name, phone, unit)
SELECT * FROM json_to_recordset(%s)
    AS n (id uuid, account uuid, channel text, user_id text, name text, phone text, unit text)
ORDER BY account, user_id
ON CONFLICT (channel_account_id, user_id) DO UPDATE SET user_name = excluded.user_name WHERE false
"""

# The chats of one person per row; what is new makes them due, and what was known already changes nothing. To who
# floods one kind line is said at once, in the chat's language where there is one, and shown in their history, while
# what they wrote waits. To open a chat opens the vendor's window on Messenger and Instagram (their policy names Get
# started), on WhatsApp it does not.
INSERT = """
WITH new AS (
    INSERT INTO inbox (chat_id, unit, channel_account_id, channel, kind, vendor_id, vendor_at, vendor_seq, payload,
        raw)
    SELECT c.id, c.unit, n.account, n.channel, n.kind, n.vendor_id, n.vendor_at, n.vendor_seq, n.payload, n.raw
    FROM json_to_recordset(%(arrivals)s) AS n (ord int, account uuid, channel text, user_id text, kind text,
        vendor_id text, vendor_at timestamptz, vendor_seq bigint, payload jsonb, raw jsonb)
    JOIN chats c ON c.channel_account_id = n.account AND c.user_id = n.user_id
    ORDER BY n.ord
    ON CONFLICT (channel_account_id, kind, vendor_id) DO NOTHING
    RETURNING id, chat_id, unit, channel_account_id, channel, kind, payload, received_at, vendor_at
), filed AS (
    INSERT INTO media (id, unit, channel_account_id, channel, chat_id, inbox_id, kind, vendor_id, url, claimed_type,
        claimed_name, claimed_size)
    SELECT (m->>'id')::uuid, unit, channel_account_id, channel, chat_id, new.id, kind, coalesce(m->>'vendor_id', ''),
        coalesce(m->>'url', ''), coalesce(m->>'content_type', ''), coalesce(m->>'filename', ''),
        coalesce((m->>'size')::bigint, 0)
    FROM new, LATERAL (SELECT payload->'media' AS m) file WHERE m ? 'id'
), touched AS (
    SELECT chat_id, count(*) AS rows, bool_and(kind = 'text') AS burst, max(received_at) AS received_at,
        max(least(vendor_at, received_at)) FILTER (WHERE kind <> 'deleted'
            AND (kind <> 'opened' OR channel IN ('messenger', 'instagram'))) AS spoke_at,
        array_agg(received_at) FILTER (WHERE kind <> 'opened') AS ats
    FROM new GROUP BY chat_id
), counted AS (
    SELECT t.*, f.recent, f.flooded, CASE WHEN f.flooded
        THEN t.received_at + make_interval(secs => %(flood_pause)s) ELSE h.paused_until END AS paused_until
    FROM touched t JOIN chats h ON h.id = t.chat_id, LATERAL (
        SELECT array_agg(at ORDER BY at) AS recent, count(*) > %(flood_messages)s
            AND coalesce(h.paused_until <= t.received_at, true) AS flooded
        FROM (SELECT at FROM unnest(h.recent || t.ats) at
            WHERE at > t.received_at - make_interval(secs => %(flood_seconds)s)
            ORDER BY at DESC LIMIT %(flood_messages)s + 1) latest
    ) f
), due AS (
    UPDATE chats c SET
        last_inbound_at = greatest(c.last_inbound_at, t.spoke_at),
        user_name = coalesce(nullif(p.name, ''), c.user_name),
        phone = coalesce(nullif(p.phone, ''), c.phone),
        background = false,
        recent = t.recent,
        paused_until = t.paused_until,
        due = CASE WHEN c.token IS NOT NULL THEN c.due ELSE greatest(t.paused_until, CASE
            WHEN NOT t.burst THEN least(c.due, t.received_at)
            WHEN c.due IS NULL THEN t.received_at + make_interval(secs => %(window)s)
            WHEN c.due <= t.received_at THEN c.due
            ELSE greatest(c.due, least(
                t.received_at + make_interval(secs => %(window)s),
                (SELECT min(i.received_at) FROM inbox i WHERE i.chat_id = c.id AND i.state = 'waiting')
                    + make_interval(secs => 3 * %(window)s)))
        END) END
    FROM counted t
    JOIN chats d ON d.id = t.chat_id
    JOIN json_to_recordset(%(people)s) AS p (account uuid, user_id text, name text, phone text)
        ON p.account = d.channel_account_id AND p.user_id = d.user_id
    WHERE c.id = t.chat_id
    RETURNING c.id, c.unit, c.channel_account_id, c.channel, c.paused_until, c.conversation_id, t.spoke_at, t.rows,
        t.flooded
), told AS (
    UPDATE conversations v SET last_inbound_at = greatest(v.last_inbound_at, due.spoke_at)
    FROM due WHERE v.id = due.conversation_id AND due.spoke_at IS NOT NULL
), said AS (
    INSERT INTO outbox (unit, conversation_id, chat_id, channel_account_id, channel, source, source_id, ord, purpose,
        payload, priority, due)
    SELECT d.unit, v.id, d.id, d.channel_account_id, d.channel, 'flood', d.id || ':' || d.paused_until, 0, 'reply',
        jsonb_build_object('kind', 'text', 'text', coalesce(%(lines)s::jsonb->d.unit->>v.language,
            %(lines)s::jsonb->d.unit->>'es', %(lines)s::jsonb->''->>'es')), 10,
        clock_timestamp()
    FROM due d LEFT JOIN conversations v ON v.id = d.conversation_id AND v.unit = d.unit
    WHERE d.flooded AND %(lines)s::jsonb <> '{}'
    ON CONFLICT (source, source_id, ord) DO NOTHING
    RETURNING id, unit, conversation_id, payload
), shown AS (
    INSERT INTO messages (id, unit, conversation_id, direction, author, kind, text, payload, outbox_id)
    SELECT gen_random_uuid(), unit, conversation_id, 'out', 'bot', 'text', payload->>'text', payload, id
    FROM said WHERE conversation_id IS NOT NULL
)
SELECT coalesce(sum(rows), 0), (SELECT count(*) FROM said) FROM due
"""

KEEP_CONTENT = "UPDATE media SET content = %s WHERE id = %s"

# What came to a mailbox for vacancies; brought again it is known. No columns are named: the gateway may not read it.
KEEP_INTAKE = """
INSERT INTO intake_mails (id, unit, channel_account_id, message_id, sender, sender_name, subject, raw, sent_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""

# What the next mail of a chat answers to. An older mail that comes late does not move the thread back.
THREAD = """
UPDATE chats SET thread = %(thread)s::jsonb WHERE channel_account_id = %(account)s AND user_id = %(user)s
  AND coalesce(thread->>'at' <= %(at)s, true)
"""

# A mail that came back. Its Message-ID, which nobody can guess, is the proof that it was ours.
BOUNCED = """
UPDATE outbox SET state = 'failed', error_code = %s, error = %s, token = NULL, due = NULL
WHERE id = %s AND vendor_id = %s AND channel = 'email' AND state IN ('sending', 'sent', 'delivered')
"""

# "More options": the same message again, begun later. Only a row of the presser's own chat is ever shown.
TURN_PAGE = """
WITH pressed AS (
    UPDATE chats SET last_inbound_at = greatest(last_inbound_at, clock_timestamp())
    WHERE channel_account_id = %(account)s AND user_id = %(user)s RETURNING id
)
INSERT INTO outbox (unit, conversation_id, chat_id, channel_account_id, channel, source, source_id, ord, purpose,
    payload, priority, due)
SELECT o.unit, o.conversation_id, o.chat_id, o.channel_account_id, o.channel, 'page', %(source)s, 0, 'reply',
    o.payload || jsonb_build_object('start', %(start)s::int), o.priority, clock_timestamp()
FROM outbox o JOIN pressed ON pressed.id = o.chat_id
WHERE o.id = %(outbox)s AND jsonb_array_length(coalesce(o.payload->'options', '[]')) > %(start)s
ON CONFLICT (source, source_id, ord) DO NOTHING
"""

# Forward only: sending < sent < delivered < read; failed ends what has not been delivered. The lock comes first, in
# one order. Several statuses of one row in one webhook count as the furthest.
MOVE_STATES = """
WITH told AS (
    SELECT * FROM unnest(%(accounts)s::uuid[], %(callbacks)s::bigint[], %(vendor_ids)s::text[], %(states)s::text[],
        %(ats)s::timestamptz[], %(codes)s::text[], %(errors)s::text[])
        AS t (account, callback, vendor_id, state, at, code, error)
), locked AS MATERIALIZED (
    SELECT o.id, o.state, o.vendor_id FROM outbox o WHERE o.id IN (
        SELECT b.id FROM outbox b JOIN told t ON b.id = t.callback AND b.channel_account_id = t.account
        UNION SELECT b.id FROM outbox b JOIN told t
            ON t.callback IS NULL AND b.channel_account_id = t.account AND b.vendor_id = t.vendor_id
    ) ORDER BY o.id FOR UPDATE
), furthest AS (
    SELECT l.id, max(%(rank)s) AS rank, max(t.vendor_id) AS vendor_id,
        min(t.at) FILTER (WHERE t.state = 'delivered') AS delivered_at,
        min(t.at) FILTER (WHERE t.state = 'read') AS read_at, min(t.at) AS at,
        max(t.code) AS code, max(t.error) AS error
    FROM locked l JOIN told t ON t.callback = l.id OR (t.callback IS NULL AND t.vendor_id = l.vendor_id)
    GROUP BY l.id
)
UPDATE outbox o SET
    state = CASE f.rank WHEN 4 THEN 'read' WHEN 3 THEN 'delivered' WHEN 5 THEN 'failed' ELSE 'sent' END,
    vendor_id = coalesce(o.vendor_id, f.vendor_id),
    sent_at = coalesce(o.sent_at, f.at),
    delivered_at = coalesce(o.delivered_at, f.delivered_at, f.read_at),
    read_at = coalesce(o.read_at, f.read_at),
    error_code = CASE WHEN f.rank = 5 THEN f.code ELSE o.error_code END,
    error = CASE WHEN f.rank = 5 THEN f.error ELSE o.error END,
    token = NULL, due = NULL
FROM furthest f
WHERE o.id = f.id AND o.state NOT IN ('failed', 'refused') AND CASE f.rank
    WHEN 5 THEN o.state NOT IN ('delivered', 'read')
    ELSE f.rank > array_position(
        ARRAY['waiting', 'sent', 'delivered', 'read'],
        CASE WHEN o.state IN ('held', 'sending', 'review') THEN 'waiting' ELSE o.state END) END
RETURNING o.id
""".replace("%(rank)s", "CASE t.state WHEN 'sent' THEN 2 WHEN 'delivered' THEN 3 WHEN 'read' THEN 4 ELSE 5 END")

NOTE_PART = """
UPDATE outbox SET parts_sent = greatest(parts_sent, %s)
WHERE id = %s AND channel_account_id = %s AND state IN ('waiting', 'sending')
"""

RENUMBER = """
UPDATE chats c SET user_id = %(new)s, phone = CASE WHEN c.phone IS NULL THEN NULL ELSE %(phone)s END
WHERE c.channel_account_id = %(account)s AND c.user_id = %(old)s
  AND NOT EXISTS (SELECT 1 FROM chats d WHERE d.channel_account_id = c.channel_account_id AND d.user_id = %(new)s)
"""

QUARANTINE = "INSERT INTO quarantine (channel, app, reason, body) VALUES (%s, %s, %s, %s)"

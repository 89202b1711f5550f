"""The plots of conversation: which rows each one counts. SQL only; `repository.py` runs it.

Messages are kept for good and tell volume and answers. What the dialogue decided (forms, fallbacks) stands in the
tracker's events alone; old ones lie in its archive, which is read too, so that a month keeps its figures.
"""

from __future__ import annotations

from contract.tables import REPORTED_ARCHIVED_EVENTS, REPORTED_EVENTS
from huntred.reporting.types import Plot

FLOWS = ("form_profile", "form_search", "form_questions", "form_code")
# Seconds until the assistant answered; minutes until a person of the team did.
ANSWER_SECONDS = (2.0, 5.0, 10.0, 30.0, 60.0)
ANSWER_MINUTES = (5.0, 15.0, 60.0, 240.0, 1440.0)

_BAR_OF_TIME = "CAST(CAST(date_trunc(:step, {at} AT TIME ZONE p.zone) AS date) AS text) AS bar"
_OF_CONVERSATION = (
    " (:channel = '' OR c.channel = :channel) AND (:generated OR NOT c.generated)"
    " AND (CAST(:division AS uuid) IS NULL OR EXISTS (SELECT 1 FROM applications d"
    " WHERE d.person_id = c.person_id AND d.unit = c.unit AND d.division_id = CAST(:division AS uuid)))"
)
_WRITTEN = """
FROM messages m JOIN p ON p.unit = m.unit AND m.at >= p.since AND m.at < p.until
JOIN conversations c ON c.id = m.conversation_id
"""

# Loops begun and ended, questions asked, forms completed and fallbacks, in the order of each conversation.
_MARKS = f"""
SELECT e.conversation_id, e.seq, e.unit, e.at, e.name AS kind, e.event->>'name' AS what, e.event->>'value' AS step
FROM tracker_events e JOIN p ON p.unit = e.unit AND e.at >= p.since
WHERE {REPORTED_EVENTS.format(name="e.name", event="e.event")}
UNION ALL
SELECT e.conversation_id, e.seq, e.unit, e.at, e.row->>'name', e.row->'event'->>'name', e.row->'event'->>'value'
FROM tracker_events_archive e JOIN p ON p.unit = e.unit AND e.at >= p.since
WHERE {REPORTED_ARCHIVED_EVENTS.format(row="e.row")}
"""
_COMPLETED = (
    "CASE w.flow WHEN 'form_profile' THEN 'action_profile_complete' WHEN 'form_search' THEN 'action_search_asked'"
    " WHEN 'form_questions' THEN 'action_questions_complete' WHEN 'form_code' THEN 'action_code_complete' END"
)
# Each begin or end of a loop opens a stretch; a flow is complete where the stretch after it says so. One that nobody
# has gone on with for a day is taken as left in silence.
_RUNS = f"""
SELECT w.conversation_id, w.unit, w.begun AS at, w.flow, coalesce(w.step, '') AS step,
  CASE WHEN {_COMPLETED} = ANY (w.next_actions) THEN 'completed'
       WHEN w.ended THEN 'left'
       WHEN w.last_at < CAST(:now AS timestamptz) - interval '24 hours' THEN 'silent' ELSE 'running' END AS outcome
FROM (
  SELECT conversation_id, unit, stretch, min(at) AS begun, max(at) AS last_at,
    (array_agg(what ORDER BY seq) FILTER (WHERE kind = 'active_loop'))[1] AS flow,
    (array_agg(step ORDER BY seq DESC) FILTER (WHERE kind = 'slot' AND step IS NOT NULL))[1] AS step,
    lead(array_agg(what ORDER BY seq) FILTER (WHERE kind = 'action')) OVER later AS next_actions,
    lead(stretch) OVER later IS NOT NULL AS ended
  FROM (
    SELECT *, count(*) FILTER (WHERE kind = 'active_loop')
      OVER (PARTITION BY conversation_id ORDER BY seq ROWS UNBOUNDED PRECEDING) AS stretch
    FROM ({_MARKS}) marks
  ) stretches
  GROUP BY conversation_id, unit, stretch HAVING stretch > 0
  WINDOW later AS (PARTITION BY conversation_id ORDER BY stretch)
) w WHERE w.flow IS NOT NULL
"""
_RUN = (
    "CAST(NULL AS float8) AS value, r.step AS note, c.id AS subject_id, r.at, c.unit, c.generated"
    f" FROM ({_RUNS}) r JOIN p ON p.unit = r.unit AND r.at < p.until"
    f" JOIN conversations c ON c.id = r.conversation_id WHERE {_OF_CONVERSATION}"
)

# Everything said from a day before to a day after, in runs that one answer ends. Notices answer nobody.
_ANSWERED = """
SELECT turns.*, p.zone FROM (
  SELECT conversation_id, unit, turn, min(at) FILTER (WHERE direction = 'in') AS asked,
    max(gone_at) FILTER (WHERE direction = 'out') AS answered, max(author) FILTER (WHERE direction = 'out') AS author
  FROM (
    SELECT said.*, count(*) FILTER (WHERE direction = 'out') OVER (
      PARTITION BY conversation_id ORDER BY at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS turn
    FROM (
      SELECT m.id, m.conversation_id, m.unit, m.direction, m.author, m.at,
        coalesce(o.sent_at, CAST(old.row->>'sent_at' AS timestamptz), m.at) AS gone_at
      FROM messages m JOIN p ON p.unit = m.unit AND m.at >= p.since - interval '1 day'
        AND m.at < p.until + interval '1 day'
      LEFT JOIN outbox o ON o.id = m.outbox_id LEFT JOIN outbox_archive old ON old.id = m.outbox_id
      WHERE m.direction = 'in' OR m.author = 'consultant' OR coalesce(o.source, old.row->>'source', 'turn') = 'turn'
    ) said
  ) numbered GROUP BY conversation_id, unit, turn
) turns JOIN p ON p.unit = turns.unit AND turns.asked >= p.since AND turns.asked < p.until
WHERE turns.answered IS NOT NULL AND turns.asked IS NOT NULL
"""


def _answers(author: str, seconds: int) -> str:
    """The answers of the assistant or of the team; value: in so many seconds' units."""
    return (
        "SELECT '' AS bar, '' AS series,"
        f" CAST(extract(epoch FROM a.answered - a.asked) / {seconds} AS float8) AS value, '' AS note,"
        " c.id AS subject_id, a.asked AS at, c.unit, c.generated"
        f" FROM ({_ANSWERED}) a JOIN conversations c ON c.id = a.conversation_id"
        f" WHERE a.author = '{author}' AND {_OF_CONVERSATION}"
    )


PLOTS = (
    Plot(
        "messages", "conversation", subject="conversation", axis="time", series=("person", "bot", "consultant"),
        facts=(
            f"SELECT {_BAR_OF_TIME.format(at='m.at')}, m.author AS series, CAST(NULL AS float8) AS value,"
            f" '' AS note, c.id AS subject_id, m.at, c.unit, c.generated {_WRITTEN} WHERE {_OF_CONVERSATION}"
        ),
    ),
    # Conversations in which a person wrote.
    Plot(
        "channels", "conversation", subject="conversation", axis="ranked",
        facts=(
            "SELECT c.channel AS bar, '' AS series, CAST(NULL AS float8) AS value, c.channel AS note,"
            f" c.id AS subject_id, max(m.at) AS at, c.unit, c.generated {_WRITTEN}"
            f" WHERE m.direction = 'in' AND {_OF_CONVERSATION} GROUP BY c.id"
        ),
    ),
    # How often the assistant said that it had not understood, of the messages that it read.
    Plot(
        "fallback", "conversation", subject="conversation", axis="time", measure="share",
        series=("fallback", "read"), lists="fallback",
        facts=(
            f"SELECT {_BAR_OF_TIME.format(at='e.at')}, 'fallback' AS series, CAST(NULL AS float8) AS value,"
            " '' AS note, c.id AS subject_id, e.at, c.unit, c.generated"
            f" FROM ({_MARKS}) e JOIN p ON p.unit = e.unit AND e.at < p.until"
            " JOIN conversations c ON c.id = e.conversation_id"
            f" WHERE e.kind = 'action' AND e.what = 'action_fallback' AND {_OF_CONVERSATION}"
            f" UNION ALL SELECT {_BAR_OF_TIME.format(at='m.at')}, 'read', CAST(NULL AS float8), '', c.id, m.at, c.unit,"
            f" c.generated {_WRITTEN} WHERE m.direction = 'in' AND m.intent IS NOT NULL AND {_OF_CONVERSATION}"
        ),
    ),
    Plot(
        "flows", "conversation", subject="conversation", axis="named", bars=FLOWS,
        series=("completed", "left", "silent", "running"),
        facts=f"SELECT r.flow AS bar, r.outcome AS series, {_RUN}",
    ),
    # At which question the flows ended that were not completed; the bar is flow:step.
    Plot(
        "drop_off", "conversation", subject="conversation", axis="ranked", series=("left", "silent"),
        facts=(
            "SELECT r.flow || ':' || CASE WHEN r.flow = 'form_questions' THEN '' ELSE r.step END AS bar,"
            f" r.outcome AS series, {_RUN} AND r.outcome IN ('left', 'silent')"
        ),
    ),
    Plot(
        "answer_time", "conversation", subject="conversation", axis="bands", edges=ANSWER_SECONDS,
        unit_of_value="seconds", facts=_answers("bot", 1),
    ),
    Plot(
        "team_answer_time", "conversation", subject="conversation", axis="bands", edges=ANSWER_MINUTES,
        unit_of_value="minutes", facts=_answers("consultant", 60),
    ),
    # value: minutes until somebody took it.
    Plot(
        "handoffs", "conversation", subject="conversation", axis="time", unit_of_value="minutes",
        series=("queued", "with_person", "returned", "timed_out"),
        facts=(
            f"SELECT {_BAR_OF_TIME.format(at='h.requested_at')}, h.state AS series,"
            " CAST(extract(epoch FROM h.taken_at - h.requested_at) / 60 AS float8) AS value, h.reason AS note,"
            " c.id AS subject_id, h.requested_at AS at, c.unit, c.generated"
            " FROM handoffs h JOIN p ON p.unit = h.unit AND h.requested_at >= p.since AND h.requested_at < p.until"
            f" JOIN conversations c ON c.id = h.conversation_id WHERE {_OF_CONVERSATION}"
        ),
    ),
)  # fmt: skip

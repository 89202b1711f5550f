"""The plots of recruiting: which rows each one counts. SQL only; `repository.py` runs it."""

from __future__ import annotations

from huntred.reporting.types import Plot

ROAD = ("new", "screening", "interview", "offer", "hired")
KINDS = (*ROAD, "rejected", "withdrawn")
# Of a time to fill, in days.
FILL_DAYS = (8.0, 16.0, 31.0, 46.0, 61.0, 91.0)

# Applications that arrived in the period.
_ARRIVED = """
FROM applications a JOIN p ON p.unit = a.unit AND a.created_at >= p.since AND a.created_at < p.until
JOIN stages now_in ON now_in.id = a.stage_id
"""
_APPLICATION = (
    "CAST(NULL AS float8) AS value, {note} AS note, a.id AS subject_id, a.created_at AS at, a.unit, a.generated"
)
_OF_DIVISION = (
    " WHERE (CAST(:division AS uuid) IS NULL OR a.division_id = CAST(:division AS uuid))"
    " AND (:generated OR NOT a.generated)"
)
# Moves of the period, each with its application.
_MOVED = """
FROM application_moves m JOIN p ON p.unit = m.unit AND m.at >= p.since AND m.at < p.until
JOIN applications a ON a.id = m.application_id
"""
_OF_VACANCY = (
    " (CAST(:division AS uuid) IS NULL OR v.division_id = CAST(:division AS uuid)) AND (:generated OR NOT v.generated)"
)
_ROAD_ARRAY = "ARRAY['" + "', '".join(ROAD) + "']"
# How far an application came on the road, from 1, even where it ended later: who has an offer was interviewed.
REACHED = (
    f"greatest(array_position({_ROAD_ARRAY}, now_in.kind),"
    f" (SELECT max(array_position({_ROAD_ARRAY}, s.kind)) FROM application_moves m"
    "   JOIN stages s ON s.id = m.to_stage_id WHERE m.application_id = a.id), 1)"
)
INTERVIEWED, HIRED = ROAD.index("interview") + 1, ROAD.index("hired") + 1
# The campaign by which its person first came, where that was before they applied.
OF_CAMPAIGN = """
LEFT JOIN LATERAL (
  SELECT t.campaign_id, t.first_at FROM campaign_touches t JOIN conversations c ON c.id = t.conversation_id
  WHERE c.person_id = a.person_id AND c.unit = a.unit ORDER BY t.first_at, t.campaign_id LIMIT 1
) came ON came.first_at <= a.created_at
LEFT JOIN campaigns k ON k.id = came.campaign_id
"""

PLOTS = (
    Plot(
        "funnel", "recruiting", subject="application", axis="named", bars=ROAD,
        facts=(
            f"SELECT k.kind AS bar, '' AS series, {_APPLICATION.format(note='now_in.name')} {_ARRIVED}"
            f" CROSS JOIN LATERAL (SELECT {REACHED} AS far) reached"
            f" JOIN unnest({_ROAD_ARRAY}) WITH ORDINALITY AS k(kind, n) ON k.n <= reached.far {_OF_DIVISION}"
        ),
    ),
    Plot(
        "applications", "recruiting", subject="application", axis="time",
        facts=(
            "SELECT CAST(CAST(date_trunc(:step, a.created_at AT TIME ZONE p.zone) AS date) AS text) AS bar,"
            f" '' AS series, {_APPLICATION.format(note='now_in.name')} {_ARRIVED} {_OF_DIVISION}"
        ),
    ),
    Plot(
        "where_now", "recruiting", subject="application", axis="named", bars=KINDS,
        facts=(
            f"SELECT now_in.kind AS bar, '' AS series, {_APPLICATION.format(note='now_in.name')}"
            f" {_ARRIVED} {_OF_DIVISION}"
        ),
    ),
    Plot(
        "source", "recruiting", subject="application", axis="ranked",
        facts=(
            f"SELECT a.source AS bar, '' AS series, {_APPLICATION.format(note='a.source')}"
            f" {_ARRIVED} {_OF_DIVISION}"
        ),
    ),
    # By the first campaign whose link led the person here, and how far they came; without one the bar's key is empty.
    Plot(
        "campaign", "recruiting", subject="application", axis="ranked", series=("applied", "interview", "hired"),
        facts=(
            "SELECT coalesce(CAST(k.id AS text), '') AS bar,"
            f" CASE WHEN {REACHED} >= {INTERVIEWED} THEN CASE WHEN {REACHED} >= {HIRED} THEN 'hired'"
            " ELSE 'interview' END ELSE 'applied' END AS series,"
            f" {_APPLICATION.format(note='k.name')} {_ARRIVED} {OF_CAMPAIGN}"
            f" {_OF_DIVISION}"
        ),
    ),
    # Of the vacancy's consultant; without one the bar's key is empty.
    Plot(
        "consultant", "recruiting", subject="application", axis="ranked", series=("open", "hired", "ended"),
        facts=(
            "SELECT coalesce(CAST(v.consultant_id AS text), '') AS bar,"
            " CASE now_in.kind WHEN 'hired' THEN 'hired' WHEN 'rejected' THEN 'ended' WHEN 'withdrawn' THEN 'ended'"
            f" ELSE 'open' END AS series, {_APPLICATION.format(note='u.name')} {_ARRIVED}"
            f" JOIN vacancies v ON v.id = a.vacancy_id LEFT JOIN users u ON u.id = v.consultant_id {_OF_DIVISION}"
        ),
    ),
    # Days in a stage, of the stays that ended in the period.
    Plot(
        "stage_time", "recruiting", subject="application", axis="named", measure="median", unit_of_value="days",
        bars=ROAD[:-1],
        facts=(
            "SELECT s.kind AS bar, '' AS series,"
            " CAST(extract(epoch FROM m.at - before.at) / 86400 AS float8) AS value, s.name AS note,"
            f" a.id AS subject_id, m.at, a.unit, a.generated {_MOVED}"
            " JOIN LATERAL (SELECT b.to_stage_id, b.at FROM application_moves b"
            "  WHERE b.application_id = m.application_id AND (b.at, b.id) < (m.at, m.id)"
            "  ORDER BY b.at DESC, b.id DESC LIMIT 1) before ON true"
            f" JOIN stages s ON s.id = before.to_stage_id {_OF_DIVISION}"
            f" AND s.kind = ANY (({_ROAD_ARRAY})[1:4])"
        ),
    ),
    Plot(
        "moves", "recruiting", subject="application", axis="ranked",
        facts=(
            "SELECT CAST(m.user_id AS text) AS bar, '' AS series, CAST(NULL AS float8) AS value, u.name AS note,"
            f" a.id AS subject_id, m.at, a.unit, a.generated {_MOVED}"
            f" LEFT JOIN users u ON u.id = m.user_id {_OF_DIVISION} AND m.user_id IS NOT NULL"
        ),
    ),
    Plot(
        "reasons", "recruiting", subject="application", axis="ranked",
        facts=(
            "SELECT lower(trim(coalesce(r.name, m.reason))) AS bar, '' AS series, CAST(NULL AS float8) AS value,"
            f" trim(coalesce(r.name, m.reason)) AS note, a.id AS subject_id, m.at, a.unit, a.generated {_MOVED}"
            " LEFT JOIN reject_reasons r ON r.id = m.reject_reason_id"
            f" JOIN stages s ON s.id = m.to_stage_id {_OF_DIVISION} AND s.kind = 'rejected'"
        ),
    ),
    # From the publication of a vacancy until it was filled, of those filled in the period.
    Plot(
        "fill_time", "recruiting", subject="vacancy", axis="bands", edges=FILL_DAYS, unit_of_value="days",
        facts=(
            "SELECT '' AS bar, '' AS series,"
            " CAST(extract(epoch FROM v.closed_at - v.published_at) / 86400 AS float8) AS value, '' AS note,"
            " v.id AS subject_id, v.closed_at AS at, v.unit, v.generated"
            " FROM vacancies v JOIN p ON p.unit = v.unit AND v.closed_at >= p.since AND v.closed_at < p.until"
            f" WHERE v.state = 'filled' AND v.published_at IS NOT NULL AND {_OF_VACANCY}"
        ),
    ),
    # What the vacancies published in the period ask for.
    Plot(
        "skills", "recruiting", subject="vacancy", axis="ranked",
        facts=(
            "SELECT lower(trim(r.name)) AS bar, '' AS series, CAST(NULL AS float8) AS value, trim(r.name) AS note,"
            " v.id AS subject_id, v.published_at AS at, v.unit, v.generated"
            " FROM vacancies v JOIN p ON p.unit = v.unit AND v.published_at >= p.since AND v.published_at < p.until"
            " JOIN vacancy_requirements r ON r.vacancy_id = v.id AND r.kind = 'skill'"
            f" WHERE {_OF_VACANCY}"
        ),
    ),
)  # fmt: skip

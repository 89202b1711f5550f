"""What came of each campaign, from its first day on: the applications are those of the dashboards' plot by campaign."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from huntred.reporting.recruiting import HIRED, INTERVIEWED, OF_CAMPAIGN, REACHED


@dataclass(frozen=True)
class CampaignFigures:
    """clicks: of people; programs: of bots. Conversations and what follows count for the campaign that came first.

    later: conversations that a campaign led here again after another one. registrations: people whose profile became
    complete after they came. applications, interviews, hires: how far each application came.
    """

    clicks: int = 0
    programs: int = 0
    conversations: int = 0
    later: int = 0
    registrations: int = 0
    applications: int = 0
    interviews: int = 0
    hires: int = 0


_CLICKS = """
SELECT campaign_id, sum(clicks) AS clicks, sum(programs) AS programs FROM campaign_clicks
WHERE unit = ANY (:units) GROUP BY campaign_id
"""
_CONVERSATIONS = """
SELECT campaign_id, count(*) FILTER (WHERE place = 1) AS conversations, count(*) FILTER (WHERE place > 1) AS later
FROM (
  SELECT t.campaign_id, row_number() OVER (PARTITION BY t.conversation_id ORDER BY t.first_at, t.campaign_id) AS place
  FROM campaign_touches t JOIN conversations c ON c.id = t.conversation_id
  WHERE t.unit = ANY (:units) AND (:generated OR NOT c.generated)
) touches GROUP BY campaign_id
"""
_REGISTRATIONS = """
SELECT campaign_id, count(*) AS registrations
FROM (
  SELECT DISTINCT ON (t.unit, c.person_id) t.campaign_id, t.first_at, t.unit, c.person_id, c.generated
  FROM campaign_touches t JOIN conversations c ON c.id = t.conversation_id
  WHERE t.unit = ANY (:units) AND c.person_id IS NOT NULL ORDER BY t.unit, c.person_id, t.first_at, t.campaign_id
) came JOIN unit_profiles i ON i.person_id = came.person_id AND i.unit = came.unit AND i.completed_at >= came.first_at
WHERE :generated OR NOT came.generated GROUP BY campaign_id
"""
_APPLICATIONS = f"""
SELECT campaign_id, count(*) AS applications,
  count(*) FILTER (WHERE far >= {INTERVIEWED}) AS interviews,
  count(*) FILTER (WHERE far >= {HIRED}) AS hires
FROM (
  SELECT k.id AS campaign_id, {REACHED} AS far
  FROM applications a JOIN stages now_in ON now_in.id = a.stage_id {OF_CAMPAIGN}
  WHERE a.unit = ANY (:units) AND (:generated OR NOT a.generated) AND k.id IS NOT NULL
) reached GROUP BY campaign_id
"""


def figures(session: Session, units: Iterable[str], *, generated: bool) -> dict[UUID, CampaignFigures]:
    """Return the figures of the campaigns of which there are any. generated: whether demo rows count."""
    counts: dict[UUID, dict[str, int]] = {}
    for query in (_CLICKS, _CONVERSATIONS, _REGISTRATIONS, _APPLICATIONS):
        for row in session.execute(text(query), {"units": list(units), "generated": generated}).mappings():
            found = counts.setdefault(row["campaign_id"], {})
            found.update({name: int(value) for name, value in row.items() if name != "campaign_id"})
    return {campaign: CampaignFigures(**found) for campaign, found in counts.items()}

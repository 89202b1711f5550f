"""Imports every table, so that mappings and migrations see the whole schema."""

from __future__ import annotations

from huntred.access import models as access
from huntred.alike import models as alike
from huntred.api_clients import models as api_clients
from huntred.applications import models as applications
from huntred.attention import models as attention
from huntred.calendars import models as calendars
from huntred.companies import models as companies
from huntred.conversations import models as conversations
from huntred.cv import models as cv
from huntred.disclosures import models as disclosures
from huntred.events import models as events
from huntred.exchange import models as exchange
from huntred.fairness import models as fairness
from huntred.families import models as families
from huntred.gains import models as gains
from huntred.importing import models as importing
from huntred.interviews import models as interviews
from huntred.learning import models as learning
from huntred.lists import models as lists
from huntred.matching import models as matching
from huntred.mentoring import models as mentoring
from huntred.notifications import models as notifications
from huntred.people import models as people
from huntred.privacy import models as privacy
from huntred.push import models as push
from huntred.references import models as references
from huntred.search import models as search
from huntred.shortlists import models as shortlists
from huntred.tracking import models as tracking
from huntred.units import models as units
from huntred.vacancies import models as vacancies
from huntred.webhooks import models as webhooks
from huntred.workbench import models as workbench

__all__ = [
    "access", "alike", "api_clients", "applications", "attention", "calendars", "companies", "conversations", "cv",
    "disclosures", "events", "exchange", "fairness", "families", "gains", "importing", "interviews", "learning",
    "lists", "matching", "mentoring", "notifications", "people", "privacy", "push", "references", "search",
    "shortlists", "tracking", "units", "vacancies", "webhooks", "workbench",
]  # fmt: skip

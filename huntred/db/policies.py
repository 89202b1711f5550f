"""Row-level security and grants: for each table, what each database role may see and do.

Applied anew after every migration, so that this file is the truth. Each table is FORCEd: its owner obeys too.
The scope comes from `SET LOCAL app.*` (huntred/db/session.py, bot/database.py); without one, nothing is seen.
A table that stands in no row here fails a test.

Roles: migrator owns and seeds; gateway talks to vendors and never reads people; bot runs turns, in the scope of
the conversation's unit; relay hands on stored events; app is everything else, in the scope of the signed-in
user, the link or the conversation.
"""

from __future__ import annotations

from dataclasses import dataclass

MIGRATOR, GATEWAY, BOT, RELAY, APP = (
    "huntred_migrator",
    "huntred_gateway",
    "huntred_bot",
    "huntred_relay",
    "huntred_app",
)
ROLES = (MIGRATOR, GATEWAY, BOT, RELAY, APP)

# Scalar sub-selects, so that PostgreSQL reads the setting once a query and not once a row.
UNIT = "unit = ANY ((SELECT app_units())::text[])"
DESIGN = "unit = ANY ((SELECT app_design())::text[])"
ALL_UNITS = "(SELECT app_flag('all_units'))"
LOGIN = "(SELECT app_flag('login'))"
SELF = "(SELECT app_id('user_id'))"
WHOLE_UNIT = "(SELECT app_divisions()) IS NULL"
DIVISION = f"({WHOLE_UNIT} OR division_id = ANY ((SELECT app_divisions())::uuid[]))"
IN_DIVISION = f"{UNIT} AND {DIVISION}"
EVERYTHING = "true"
# Set by `huntred.fairness.opening` alone: what people said of themselves for statistics, and that they did.
FAIRNESS = "(SELECT app_flag('fairness'))"


def _unless_whole_unit(exists: str) -> str:
    """All of the unit, or what hangs on something of the division; the inner table's own policy decides.

    Not as EXISTS: for that PostgreSQL may first gather all that the division has, for a page of 25 rows.
    """
    return f"{UNIT} AND ({WHOLE_UNIT} OR ({exists} LIMIT 1) IS NOT NULL)"


def _of_profile(table: str) -> str:
    """A division sees it of whoever it sees; the profile's own policy decides."""
    return _unless_whole_unit(
        f"SELECT 1 FROM unit_profiles p WHERE p.person_id = {table}.person_id AND p.unit = {table}.unit"
    )


@dataclass(frozen=True)
class Rule:
    """What one role may do with a table: its verbs (with columns where confined), and on which rows.

    rows: the condition of rows seen; written: of rows written, the same unless given.
    """

    role: str
    verbs: str
    rows: str = EVERYTHING
    written: str = ""


_READ_WRITE = "SELECT, INSERT, UPDATE"
_FULL = "SELECT, INSERT, UPDATE, DELETE"


def _unit_table(verbs: str = _FULL, rows: str = UNIT) -> list[Rule]:
    return [Rule(APP, verbs, rows)]


_ACCOUNT_COLUMNS = (
    "id, unit, app_id, channel, external_id, name, address, purpose, active, messages_per_second, vendor_state,"
    " created_at, updated_at"
)
_ALL_MINE = f"units <@ (SELECT app_units())::text[] AND {WHOLE_UNIT}"
_OF_CLIENT = "EXISTS (SELECT 1 FROM api_clients c WHERE c.id = client_id)"
_WORKBENCH = f"({DESIGN} OR ({UNIT} AND {WHOLE_UNIT}))"
# The division is named although the policy of applications asks for it too: so one look into a small index tells.
_PERSON_CONVERSATION = (
    "SELECT 1 FROM applications a WHERE a.person_id = conversations.person_id"
    " AND a.division_id = ANY ((SELECT app_divisions())::uuid[])"
)

RULES: dict[str, list[Rule]] = {
    "units": [
        Rule(GATEWAY, "SELECT"), Rule(BOT, "SELECT"), Rule(RELAY, "SELECT"), Rule(APP, "SELECT"),
        Rule(APP, "INSERT, UPDATE", ALL_UNITS),
    ],
    "divisions": [Rule(APP, "SELECT", UNIT), Rule(APP, "INSERT, UPDATE, DELETE", ALL_UNITS)],
    # Bare: an id and a date. Whatever was told stands in unit_profiles.
    "people": [Rule(APP, _READ_WRITE), Rule(BOT, "SELECT"), Rule(GATEWAY, "SELECT")],
    "identities": _unit_table(),
    "unit_profiles": _unit_table(
        rows=_unless_whole_unit("SELECT 1 FROM applications a WHERE a.profile_id = unit_profiles.id")
    ),
    # A ledger: added to, never changed; whose it is changes where two turn out to be one person.
    "consents": _unit_table(
        "SELECT, INSERT, UPDATE (person_id)", f"{UNIT} AND (purpose <> 'fairness_statistics' OR {FAIRNESS})"
    ),
    # No consultant and no super administrator reads a row: figures come of it, and the person's own page and rights.
    "fairness_answers": _unit_table(rows=f"{UNIT} AND {FAIRNESS}"),
    # Two become one only before the eyes of who sees the whole unit.
    "person_merges": [Rule(APP, "SELECT", UNIT), Rule(APP, "INSERT, UPDATE", f"{UNIT} AND {WHOLE_UNIT}")],
    "duplicate_pairs": _unit_table(rows=f"{UNIT} AND {WHOLE_UNIT}"),
    # Likewise two vacancies.
    "vacancy_merges": [Rule(APP, "SELECT", UNIT), Rule(APP, "INSERT, UPDATE", f"{UNIT} AND {WHOLE_UNIT}")],
    "vacancy_pairs": _unit_table(rows=f"{UNIT} AND {WHOLE_UNIT}"),
    "vacancy_prints": _unit_table(
        rows=_unless_whole_unit("SELECT 1 FROM vacancies v WHERE v.id = vacancy_id")
    ),
    # Files make companies and vacancies of the whole unit.
    "import_mappings": _unit_table(_READ_WRITE, f"{UNIT} AND {WHOLE_UNIT}"),
    "imports": _unit_table(_READ_WRITE, f"{UNIT} AND {WHOLE_UNIT}"),
    "intake_mails": [
        Rule(GATEWAY, "INSERT"),
        Rule(APP, "SELECT, UPDATE", f"{UNIT} AND {WHOLE_UNIT}"),
    ],
    # People come by a file into the whole unit, or into a division by applying to its vacancy.
    "exchange_mappings": _unit_table(),
    "people_imports": _unit_table(_READ_WRITE, IN_DIVISION),
    "people_import_rows": _unit_table(
        rows=_unless_whole_unit("SELECT 1 FROM people_imports i WHERE i.id = import_id")
    ),
    "imported_people": _unit_table(rows=_of_profile("imported_people")),
    "application_merges": [
        Rule(APP, "SELECT", UNIT), Rule(APP, "INSERT, UPDATE, DELETE", f"{UNIT} AND {WHOLE_UNIT}"),
    ],
    # A log: added to, never changed.
    "erasures": _unit_table("SELECT, INSERT"),
    "referrals": _unit_table(),
    "cvs": _unit_table(rows=_of_profile("cvs")),
    # What is given and offered is the super administrator's to say; what was earned is a ledger, gone with the person.
    "gain_rules": [Rule(APP, "SELECT", UNIT), Rule(APP, "INSERT, UPDATE", ALL_UNITS)],
    "gain_levels": [Rule(APP, "SELECT", UNIT), Rule(APP, "INSERT, UPDATE, DELETE", ALL_UNITS)],
    "rewards": [Rule(APP, "SELECT", UNIT), Rule(APP, "INSERT, UPDATE", ALL_UNITS)],
    "gains": _unit_table("SELECT, INSERT, DELETE, UPDATE (person_id)", _of_profile("gains")),
    "reward_requests": _unit_table(rows=_of_profile("reward_requests")),
    "families": _unit_table(
        rows=_unless_whole_unit("SELECT 1 FROM family_members m WHERE m.family_id = families.id")
    ),
    "family_members": _unit_table("SELECT, INSERT, DELETE, UPDATE (person_id)", _of_profile("family_members")),
    # What is shown where is the whole unit's to know; who came by it, whoever sees the conversation.
    "campaigns": [Rule(BOT, "SELECT (unit, code, greeting)", UNIT), *_unit_table(_READ_WRITE)],
    "campaign_clicks": _unit_table(_READ_WRITE),
    "campaign_touches": _unit_table(
        _READ_WRITE, _unless_whole_unit("SELECT 1 FROM conversations c WHERE c.id = conversation_id")
    ),
    "companies": _unit_table(),
    "contacts": _unit_table(),
    "vacancies": _unit_table(rows=IN_DIVISION),
    "vacancy_requirements": _unit_table(
        rows=_unless_whole_unit("SELECT 1 FROM vacancies v WHERE v.id = vacancy_id")
    ),
    "vacancy_vectors": _unit_table(
        rows=_unless_whole_unit("SELECT 1 FROM vacancies v WHERE v.id = vacancy_id")
    ),
    "profile_vectors": _unit_table(
        rows=_unless_whole_unit("SELECT 1 FROM unit_profiles p WHERE p.id = profile_id")
    ),
    # How people are ranked is the super administrator's to say, and everybody's of the unit to know.
    "ranking_weights": [Rule(APP, "SELECT", UNIT), Rule(APP, "INSERT, UPDATE, DELETE", ALL_UNITS)],
    "ranking_versions": [Rule(APP, "SELECT", UNIT), Rule(APP, "INSERT, UPDATE, DELETE", f"{UNIT} AND {ALL_UNITS}")],
    "shortlist_entries": _unit_table(
        rows=_unless_whole_unit("SELECT 1 FROM vacancies v WHERE v.id = vacancy_id")
    ),
    "shortlist_shares": _unit_table(
        _READ_WRITE, _unless_whole_unit("SELECT 1 FROM vacancies v WHERE v.id = vacancy_id")
    ),
    # A ledger like `consents`.
    "disclosure_agreements": _unit_table(
        "SELECT, INSERT, UPDATE (person_id, vacancy_id)",
        _unless_whole_unit("SELECT 1 FROM vacancies v WHERE v.id = vacancy_id"),
    ),
    "vacancy_alerts": _unit_table(
        _READ_WRITE, _unless_whole_unit("SELECT 1 FROM vacancies v WHERE v.id = vacancy_id")
    ),
    "vacancy_questions": _unit_table(
        rows=_unless_whole_unit("SELECT 1 FROM vacancies v WHERE v.id = vacancy_id")
    ),
    "stages": _unit_table(),
    "reject_reasons": [Rule(APP, "SELECT", UNIT), Rule(APP, "INSERT, UPDATE", f"{UNIT} AND {WHOLE_UNIT}")],
    "applications": _unit_table(rows=IN_DIVISION),
    # History is only added to; it follows its application where that is folded into another.
    "application_moves": _unit_table("SELECT, INSERT, UPDATE (application_id, division_id)", IN_DIVISION),
    "interview_slots": _unit_table(rows=IN_DIVISION),
    "interviews": _unit_table(rows=IN_DIVISION),
    "interview_proposals": _unit_table("SELECT, INSERT, UPDATE", IN_DIVISION),
    "learning_steps": _unit_table(
        rows=_unless_whole_unit(
            "SELECT 1 FROM unit_profiles p WHERE p.person_id = learning_steps.person_id"
            " AND p.unit = learning_steps.unit"
        )
    ),
    # Mentors are the whole unit's; a division sees the sessions of whoever it sees.
    "mentors": _unit_table(_READ_WRITE),
    "mentor_sessions": _unit_table(
        _READ_WRITE,
        _unless_whole_unit(
            "SELECT 1 FROM unit_profiles p WHERE p.person_id = mentor_sessions.person_id"
            " AND p.unit = mentor_sessions.unit"
        ),
    ),
    # Who sees the application sees what its referees said.
    "reference_requests": _unit_table(
        rows=_unless_whole_unit("SELECT 1 FROM applications a WHERE a.id = application_id")
    ),
    "referees": _unit_table(rows=_unless_whole_unit("SELECT 1 FROM reference_requests r WHERE r.id = request_id")),
    "reference_answers": _unit_table(rows=_unless_whole_unit("SELECT 1 FROM referees r WHERE r.id = referee_id")),
    # That somebody wants no mail is never taken back.
    "referee_opt_outs": _unit_table("SELECT, INSERT"),
    # The whole unit's: a division meets in them too.
    "rooms": [Rule(APP, "SELECT", UNIT), Rule(APP, "INSERT, UPDATE", f"{UNIT} AND {WHOLE_UNIT}")],
    "users": [
        Rule(
            APP, "SELECT",
            f"{LOGIN} OR {ALL_UNITS} OR id = {SELF} OR EXISTS (SELECT 1 FROM grants g WHERE g.user_id = users.id"
            # Designers are no colleagues to hand work to.
            " AND g.role <> 'designer' AND g.unit = ANY ((SELECT app_units())::text[]))",
        ),
        Rule(APP, "UPDATE", f"{LOGIN} OR {ALL_UNITS} OR id = {SELF}"),
        Rule(APP, "INSERT, DELETE", ALL_UNITS),
    ],
    "grants": [
        Rule(APP, "SELECT", f"{LOGIN} OR {ALL_UNITS} OR user_id = {SELF} OR {UNIT}"),
        Rule(APP, "INSERT, UPDATE, DELETE", ALL_UNITS),
    ],
    "audit_entries": [
        Rule(APP, "SELECT", f"{ALL_UNITS} OR {UNIT}"),
        Rule(APP, "INSERT", f"{ALL_UNITS} OR {LOGIN} OR unit IS NULL OR {UNIT} OR {DESIGN}"),
    ],
    # Their state is the vendor's word, which the gateway hears.
    "message_templates": [
        *_unit_table(),
        Rule(GATEWAY, "SELECT, UPDATE (state, category, reason, quality, vendor_id, submitted_at, checked_at)"),
    ],
    "one_time_codes": _unit_table(),
    # Secrets are write-only for the app: the column is not granted for reading.
    "channel_apps": [
        Rule(GATEWAY, "SELECT"),
        Rule(APP, "SELECT (id, channel, name, created_at)"),
        Rule(APP, "INSERT, UPDATE", ALL_UNITS),
    ],
    # Which number or bot belongs to a unit is public; the picker offers it as a link.
    "channel_accounts": [
        Rule(GATEWAY, "SELECT, UPDATE (vendor_state)"), Rule(BOT, f"SELECT ({_ACCOUNT_COLUMNS})"),
        Rule(APP, f"SELECT ({_ACCOUNT_COLUMNS})"), Rule(APP, "INSERT, UPDATE", ALL_UNITS),
    ],
    "chats": [
        Rule(GATEWAY, _READ_WRITE), Rule(BOT, "SELECT, UPDATE"),
        Rule(
            APP, "SELECT, UPDATE",
            f"{UNIT} OR EXISTS (SELECT 1 FROM conversations c WHERE c.chat_id = chats.id)",
            # A change of unit (C9) hands the chat on: what is written may name another unit.
            EVERYTHING,
        ),
        Rule(APP, "INSERT", UNIT),
    ],
    "conversations": [
        Rule(GATEWAY, "SELECT, UPDATE (last_inbound_at)"),
        Rule(BOT, _READ_WRITE, UNIT),
        Rule(APP, _READ_WRITE, _unless_whole_unit(_PERSON_CONVERSATION), UNIT),
    ],
    "inbox": [
        Rule(GATEWAY, _READ_WRITE), Rule(BOT, _READ_WRITE), Rule(APP, _READ_WRITE, UNIT),
    ],
    "unit_resets": _unit_table(_READ_WRITE, f"{UNIT} AND {WHOLE_UNIT}"),
    "quarantine": [
        Rule(GATEWAY, "SELECT, INSERT, UPDATE (replay_at, replayed_at, replay_result)"),
        Rule(APP, "SELECT, UPDATE (replay_at, replay_result)", ALL_UNITS),
    ],
    # Published by the owner's command or, tested, by a designer; both they and the super administrator choose one.
    "published_models": [
        Rule(BOT, "SELECT"), Rule(APP, "SELECT", f"{UNIT} OR {DESIGN}"), Rule(APP, "INSERT", DESIGN),
        Rule(APP, "UPDATE (taken_back_at, content)", f"{ALL_UNITS} OR {DESIGN}"),
    ],
    # Filled by the worker in the unit's scope, worked on by its designers; the trainer (bot) reads and tests.
    "workbench_turns": [Rule(APP, _FULL, _WORKBENCH), Rule(BOT, "SELECT", UNIT)],
    "workbench_changes": [Rule(APP, _FULL, _WORKBENCH)],
    "workbench_examples": [Rule(APP, _FULL, _WORKBENCH)],
    "workbench_jobs": [Rule(APP, _FULL, _WORKBENCH), Rule(BOT, "SELECT, UPDATE")],
    "outbox": [
        Rule(GATEWAY, _READ_WRITE), Rule(BOT, _READ_WRITE, UNIT), Rule(APP, _READ_WRITE, UNIT),
    ],
    # The gateway fetches and stores; the app shows what belongs to a conversation that it sees, and forgets.
    "media": [
        Rule(GATEWAY, _READ_WRITE),
        Rule(
            APP, "SELECT, DELETE",
            _unless_whole_unit(
                "SELECT 1 FROM conversations c WHERE c.chat_id = media.chat_id AND c.unit = media.unit"
            ),
        ),
    ],
    "messages": [
        # The web chat shows what was said before, of the one conversation whose signed session asks.
        Rule(GATEWAY, "SELECT", "conversation_id = (SELECT app_id('conversation_id'))"),
        # The one kind line to who floods; nothing else is said by the gateway itself.
        Rule(GATEWAY, "INSERT", "direction = 'out' AND author = 'bot'"),
        Rule(BOT, _READ_WRITE, UNIT),
        Rule(
            APP, _READ_WRITE,
            _unless_whole_unit("SELECT 1 FROM conversations c WHERE c.id = conversation_id"), UNIT,
        ),
    ],
    "offered_options": [Rule(BOT, _FULL, UNIT), Rule(APP, "SELECT, DELETE", UNIT)],
    "tracker_events": [Rule(BOT, "SELECT, INSERT, DELETE", UNIT), Rule(APP, "SELECT, DELETE", UNIT)],
    # Filled by the functions of archive_functions.py; the app erases a person there too.
    "inbox_archive": [Rule(APP, "SELECT, DELETE", UNIT)],
    "outbox_archive": [Rule(APP, "SELECT, DELETE", UNIT)],
    "tracker_events_archive": [Rule(APP, "SELECT, DELETE", UNIT)],
    "action_replies": [Rule(APP, "SELECT, INSERT, DELETE", UNIT)],
    "scheduled_notices": _unit_table(),
    "handoffs": [
        # A person who prefers the bot to waiting ends the queue by asking for the menu.
        Rule(BOT, "SELECT, UPDATE", UNIT),
        Rule(
            APP, _READ_WRITE,
            _unless_whole_unit("SELECT 1 FROM conversations c WHERE c.id = conversation_id"), UNIT,
        ),
    ],
    "handoff_steps": [
        Rule(
            APP, _READ_WRITE,
            _unless_whole_unit("SELECT 1 FROM handoffs h WHERE h.id = handoff_id"), UNIT,
        ),
    ],
    # Notes are written once; they go when the person is erased.
    "conversation_notes": [
        Rule(
            APP, "SELECT, INSERT, DELETE",
            _unless_whole_unit("SELECT 1 FROM conversations c WHERE c.id = conversation_id"),
        ),
    ],
    "note_mentions": _unit_table(
        rows=_unless_whole_unit("SELECT 1 FROM conversations c WHERE c.id = conversation_id")
    ),
    "quick_replies": _unit_table(),
    # Seen with the user, written by the user alone.
    "user_alerts": [
        Rule(APP, "SELECT", "EXISTS (SELECT 1 FROM users u WHERE u.id = user_id)"),
        Rule(APP, "INSERT, UPDATE", f"user_id = {SELF}"),
    ],
    # Told of something by whoever sees every user; added by the user alone, and by nobody else for them.
    "push_devices": [
        Rule(APP, "SELECT, UPDATE, DELETE", f"{LOGIN} OR user_id = {SELF}"), Rule(APP, "INSERT", f"user_id = {SELF}"),
    ],
    "push_messages": _unit_table(),
    # Written by the worker, who sees every user; kept by the user alone.
    "user_calendars": [
        Rule(APP, "SELECT, UPDATE, DELETE", f"{LOGIN} OR user_id = {SELF}"), Rule(APP, "INSERT", f"user_id = {SELF}"),
    ],
    "stored_events": [
        Rule(RELAY, "SELECT, UPDATE (due_at, attempts, error)"), Rule(APP, _FULL, UNIT), Rule(BOT, "INSERT", UNIT),
        Rule(GATEWAY, "INSERT", "name IN ('MediaStored', 'MediaRefused', 'TeamMemberWrote')"),
    ],
    # Who runs all of a program's units keeps it; its tokens are given and read as in a log-in.
    "api_clients": [
        Rule(APP, "SELECT, UPDATE", f"{LOGIN} OR ({_ALL_MINE})", f"{LOGIN} OR ({_ALL_MINE})"),
        Rule(APP, "INSERT", _ALL_MINE),
    ],
    "api_tokens": [Rule(APP, _FULL, f"{LOGIN} OR {_OF_CLIENT}")],
    "api_requests": [Rule(APP, _FULL, f"{LOGIN} OR {_OF_CLIENT}")],
    "webhook_subscriptions": _unit_table(rows=f"{UNIT} AND {WHOLE_UNIT}"),
    "webhook_deliveries": _unit_table(rows=f"{UNIT} AND {WHOLE_UNIT}"),
    # Each user's own. The worker, who writes exports for whoever asked, finds them as a log-in finds users.
    "saved_views": [Rule(APP, _FULL, f"user_id = {SELF}")],
    "list_exports": [Rule(APP, _FULL, f"{LOGIN} OR user_id = {SELF}")],
    # Written by triggers, looked up by the functions of search_functions.py: nobody reads the tables themselves.
    "search_entries": [],
    "search_keys": [],
}  # fmt: skip

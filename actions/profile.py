"""Registering, the recap, and correcting any one field."""

from __future__ import annotations

from actions.base import ServiceAction
from actions.consent import consented
from actions.facts import SURNAMES, facts_in, field_meant, reads, surnames_in, told_besides
from actions.forms import FormStep
from actions.references import is_about_references, offer
from actions.steps import go_on, goal, yes_no
from actions.turn import Turn
from actions.wording import folded_in, word
from huntred.errors import FieldInvalid
from huntred.geography import find_place
from huntred.people import service as people
from huntred.people.rules import APPLY_REQUIRED, EXPIRING_PERMITS, FIELDS, RECAP_ORDER
from huntred.units import service as units

# What a registration asks for, in this order; the rest of the profile is asked for when it is needed.
_REGISTRATION = (
    "first_name", "last_name", "email", "phone", "work_permit", "permit_expires", "city", "headline",
    "experience_years", "skills", "salary",
)  # fmt: skip
# Asked for only in units that say so in their settings.
_ASKED_WHERE_SET = {"work_permit": "work_permit_asked", "permit_expires": "work_permit_asked"}
# Fields whose answers are strict enough to be told from anything else by themselves.
_STRICT = frozenset(
    {
        "email", "phone", "birth_date", "experience_years", "salary", "work_permit", "permit_expires", "nationality",
    }
)  # fmt: skip
# A correction replaces what was there.
_CORRECTIONS = frozenset({"recap_corrected", "cv_corrected"})
_DECLINES = frozenset({"skip", "deny", "unsure"})
_NO_ANSWERS = frozenset({"skip", "unsure"})
# Below, it is rather a name or a skill that sounds like it.
_SURE_OF_NONE = 0.6
# Asked for together.
_OF_NAME = frozenset({"first_name", "last_name", "second_last_name"})
# An answer to these often sounds like a search.
_JOB_FIELDS = frozenset({"headline", "skills", "experience_years", "salary"})


def ask_for(turn: Turn, fields: list[str], then: str) -> None:
    """Ask for these fields one by one, then go on with `then`."""
    turn.start_form("form_profile", fields=fields, skipped=[], correcting=None, tries=0, goal=then)


def registration_fields(turn: Turn) -> list[str]:
    settings = units.get(turn.uow, turn.unit).settings
    wanted = tuple(
        field for field in _REGISTRATION if settings.get(_ASKED_WHERE_SET.get(field, ""), field not in _ASKED_WHERE_SET)
    )
    return people.missing_fields(turn.uow, turn.person.id, wanted)


class Register(ServiceAction):
    def name(self) -> str:
        return "action_register"

    def serve(self, turn: Turn) -> None:
        if consented(turn, "register"):
            register(turn)


def register(turn: Turn) -> None:
    fields = registration_fields(turn)
    if not fields:
        show_recap(turn)
        return
    turn.say("utter_register_start")
    ask_for(turn, fields, "recap")


class ProfileForm(FormStep):
    """Asks for the fields in the slot `fields`; what may be skipped can be skipped."""

    def name(self) -> str:
        return "validate_form_profile"

    def next_question(self, turn: Turn) -> str | None:
        again = turn.slot("correcting")
        if again:
            return str(again)
        missing = self._missing(turn)
        if not missing:
            return None
        # First name and surnames are one question.
        return "full_name" if missing[0] == "first_name" else missing[0]

    def take(self, turn: Turn, asked: str) -> None:
        wrong = self._said_to_be_wrong(turn, asked)
        if wrong:
            # "me equivoqué en el correo": the right one is asked for at once, and then what was being asked.
            turn.set(correcting=wrong)
            turn.say("utter_ask_new_value")
            return
        correcting = turn.slot("correcting") == asked
        if correcting and (turn.intent in _DECLINES or folded_in(turn.text, "skip_words")):
            turn.set(correcting=None)  # it stays as it was
            return
        if self._take(turn, asked) and correcting:
            turn.set(correcting=None)
            turn.say("utter_corrected")

    @staticmethod
    def _said_to_be_wrong(turn: Turn, asked: str) -> str:
        """Return the other field that is said to be wrong without the right value; else ""."""
        field = turn.entity("field")
        field = "full_name" if field in _OF_NAME else field
        if turn.picked or turn.intent != "correct_field" or field not in FIELDS or field == asked:
            return ""
        return "" if _new_value(turn, field) or field in facts_in(turn) else field

    def _take(self, turn: Turn, asked: str) -> bool:
        """Take what was told. Returns whether it answers what was asked."""
        optional = asked not in (*APPLY_REQUIRED, "full_name")
        declined = turn.intent in _DECLINES or folded_in(turn.text, "skip_words")
        if optional and declined and not self.fits(turn, asked):
            self._skip(turn, asked)
            return True
        if (turn.picked and turn.intent == "skip") or (not optional and _is_no_answer(turn, asked)):
            raise FieldInvalid(asked, "required")
        pressed = turn.entity("field") if turn.picked and turn.intent == "inform" else ""
        if pressed and pressed != asked:
            # A button of an earlier question: it still says what it said.
            people.set_field(turn.uow, turn.person.id, pressed, turn.entity("value"), now=turn.now)
            return False
        besides = told_besides(turn, asked)
        if besides and asked not in facts_in(turn) and not self.fits(turn, asked):
            # "no, mi correo es …" while another thing is asked for: that is put right, and the question stays.
            self._keep(turn, besides, over=True)
            turn.say("utter_corrected")
            return False
        value = turn.entity("value") or turn.text
        if besides or asked == "email" or not reads(turn, asked, value):
            value = facts_in(turn).get(asked, value)
        people.set_field(turn.uow, turn.person.id, asked, value, now=turn.now)
        self._keep(turn, besides, over=False)
        if asked in (turn.slot("fields") or []) and turn.slot("goal") in _CORRECTIONS:
            # A correction replaces what was there, so "missing" cannot tell that it was done.
            self._skip(turn, asked)
        return True

    def fits(self, turn: Turn, asked: str) -> bool:
        if asked not in _STRICT or not turn.text:
            return False
        return reads(turn, asked, turn.text)

    def own_intents(self, asked: str) -> frozenset[str]:
        own = {"inform", "correct_field"}
        if asked in _JOB_FIELDS:
            own |= {"search_jobs", "job_details", "apply_job", "internships"}
        if asked == "city":
            own |= {"nearby_jobs", "faq_office"}
        if asked == "work_permit":
            own |= {"migration_help", "deny", "faq_documents"}
        return frozenset(own)

    def _missing(self, turn: Turn) -> list[str]:
        fields = list(turn.slot("fields") or [])
        done = set(turn.slot("skipped") or [])
        if turn.slot("goal") in _CORRECTIONS:
            return [field for field in fields if field not in done]
        if people.profile_of(turn.uow, turn.person.id).work_permit not in EXPIRING_PERMITS:
            done.add("permit_expires")
        return [f for f in people.missing_fields(turn.uow, turn.person.id, tuple(fields)) if f not in done]

    @staticmethod
    def _keep(turn: Turn, facts: dict[str, str], *, over: bool) -> None:
        """Keep what was told unasked. over: in the place of what was told before; else only where nothing was."""
        missing = people.missing_fields(turn.uow, turn.person.id, RECAP_ORDER)
        for field, text in facts.items():
            if over or ("first_name" if field == "full_name" else field) in missing:
                people.set_field(turn.uow, turn.person.id, field, text, now=turn.now)

    @staticmethod
    def _skip(turn: Turn, asked: str) -> None:
        turn.set(skipped=[*(turn.slot("skipped") or []), asked])


def _is_no_answer(turn: Turn, asked: str) -> bool:
    """Whether somebody only says that they do not know, or would rather not, where it is needed."""
    if turn.picked or turn.entity("value") or asked in facts_in(turn):
        return False
    unsure = turn.intent in _NO_ANSWERS and turn.confidence >= _SURE_OF_NONE
    return (unsure or folded_in(turn.text, "skip_words")) and not (asked == "city" and find_place(turn.text))


class ProfileComplete(ServiceAction):
    """What the fields were asked for goes on."""

    def name(self) -> str:
        return "action_profile_complete"

    def serve(self, turn: Turn) -> None:
        wanted = str(turn.slot("goal") or "recap")
        turn.set(goal=None, fields=None, skipped=None)
        go_on(turn, wanted)


def show_recap(turn: Turn) -> None:
    lines = people.recap(turn.uow, turn.person.id)
    text = "\n".join(f"• {word('fields', line.field)}: {line.value}" for line in lines)
    turn.expecting = "recap"
    turn.say("utter_recap", recap=text)


def _recap_is_right(turn: Turn) -> None:
    if people.missing_fields(turn.uow, turn.person.id):
        turn.say("utter_profile_kept")
    else:
        turn.say("utter_profile_complete")


def _ask_which_field(turn: Turn) -> None:
    """A yes still says that the recap is right after all."""
    turn.expecting = "recap"
    turn.say("utter_ask_which_field")


def _recap_after_correction(turn: Turn) -> None:
    turn.say("utter_corrected")
    show_recap(turn)


yes_no("recap", yes=_recap_is_right, no=_ask_which_field)
goal("register", register)
goal("recap", show_recap)
goal("recap_corrected", _recap_after_correction)


class PrivateData(ServiceAction):
    """What is never written in a chat: a signed link to the page that asks for it."""

    def name(self) -> str:
        return "action_private_data"

    def serve(self, turn: Turn) -> None:
        if consented(turn, "private_data"):
            private_data(turn)


def private_data(turn: Turn) -> None:
    turn.say("utter_private_data", url=turn.context.links.private_page(turn.unit, turn.person.id, now=turn.now))


goal("private_data", private_data)


class UpdateProfile(ServiceAction):
    def name(self) -> str:
        return "action_update_profile"

    def serve(self, turn: Turn) -> None:
        if not consented(turn, "update_profile"):
            return
        if is_about_references(turn):
            offer(turn)
        else:
            update_profile(turn)


def update_profile(turn: Turn) -> None:
    if people.missing_fields(turn.uow, turn.person.id, ("first_name",)):
        register(turn)
        return
    show_recap(turn)


goal("update_profile", update_profile)


class CorrectField(ServiceAction):
    """ "nombre: Ana" at once; "mi apellido está mal" asks for the right one. """

    def name(self) -> str:
        return "action_correct_field"

    def serve(self, turn: Turn) -> None:
        if not consented(turn, "update_profile"):
            return
        field = field_meant(turn)
        if field not in (*FIELDS, SURNAMES):
            _ask_which_field(turn)
            return
        value = _new_value(turn, field)
        if value:
            try:
                people.set_field(turn.uow, turn.person.id, field, value, now=turn.now)
            except FieldInvalid:
                pass  # the words beside the field's name were no value: it is asked for below
            else:
                _recap_after_correction(turn)
                return
        ask_for(turn, [field], "recap_corrected")


def _new_value(turn: Turn, field: str) -> str:
    """Return what stands after the colon, or the entity of the field's own kind; empty where there is neither."""
    _, colon, after = turn.text.partition(":")
    if colon and after.strip():
        return after.strip()
    if field == SURNAMES:
        return surnames_in(turn)
    kinds = {
        "first_name": "name", "last_name": "name", "second_last_name": "name", "full_name": "name", "city": "place",
        "headline": "title", "skills": "skill", "experience_years": "years", "birth_date": "date",
        "permit_expires": "date",
    }  # fmt: skip
    return ", ".join(turn.entities(kinds.get(field, field)))


assert set(_REGISTRATION) <= set(RECAP_ORDER)

"""The form about referees: five questions about each, read back and put right; then the list, before anybody hears."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from actions.forms import ASIDE, LEAVE, FormStep
from actions.references import listed, names_them, request_of, told_of
from actions.turn import Button, Turn, button
from actions.wording import shortened, word, words
from contract.text import normalise
from huntred.errors import FieldInvalid, HuntredError, NotFound
from huntred.references import rules
from huntred.references import service as references
from huntred.references.errors import RefereeTwice, ReferencesOver
from huntred.references.models import Referee, ReferenceRequest
from huntred.references.rules import RefereeForm
from huntred.references.summary import years

_QUESTIONS = ("referee_name", "referee_relation", "referee_company", "referee_contact", "referee_period")
_RECAP, _FIX, _SEND = "referee_recap", "referee_fix", "references_send"
# The profile's field that a correction names → the question that asks for it.
_FIELD_OF = {
    "first_name": "referee_name", "last_name": "referee_name", "second_last_name": "referee_name",
    "full_name": "referee_name", "email": "referee_contact", "phone": "referee_contact",
}  # fmt: skip
_FEW_WORDS = 6


class ReferencesForm(FormStep):
    """Five questions about each, read back; then the list, and whether to write to them."""

    def name(self) -> str:
        return "validate_form_references"

    def next_question(self, turn: Turn) -> str | None:
        told = told_of(turn)
        if told.get("outcome"):
            return None
        if told.get("fixing"):
            return _FIX
        request = _request(turn)
        if not told["referee"] and (told.get("enough") or len(request.referees) >= request.wanted):
            return _SEND
        return next((question for question in _QUESTIONS if question not in told["referee"]), _RECAP)

    def ask(self, turn: Turn, question: str) -> None:
        told, request = told_of(turn), _request(turn)
        if question == "referee_name":
            turn.say(
                "utter_ask_referee_name", number=len(request.referees) + 1, wanted=request.wanted,
                buttons=[_no_more()] if request.referees else [],
            )  # fmt: skip
        elif question == _RECAP:
            turn.say("utter_ask_referee_recap", recap=_recap(told["referee"]))
        elif question == _SEND:
            rows = [_removal(one) for one in request.referees if one.state in ("named", "dropped")]
            turn.say("utter_ask_references_send", referees=listed(request), buttons=rows)
        else:
            turn.say(f"utter_ask_{question}", referee=told["referee"].get("referee_name", ""))

    def take(self, turn: Turn, asked: str) -> None:
        told = told_of(turn)
        if _refuses(turn, asked):
            # "no quiero dar referencias ahora": nobody was written to, and nobody will be.
            self._keep(turn, outcome="kept" if _request(turn).referees else "declined")
        elif turn.intent == "correct_field" and not turn.picked and _field_meant(turn) in told["referee"]:
            self._ask_again(turn, _field_meant(turn))
        elif asked == _FIX:
            self._ask_again(turn, _field_meant(turn) or self._pressed(turn, asked))
        elif asked == _RECAP:
            self._take_recap(turn)
        elif asked == _SEND:
            self._take_send(turn)
        elif asked == "referee_name" and turn.intent in ("skip", "deny") and _request(turn).referees:
            self._keep(turn, enough=True)
        else:
            self._keep(turn, referee={**told["referee"], asked: self._value(turn, asked)})

    def _value(self, turn: Turn, asked: str) -> Any:
        if turn.intent in {"affirm", "deny", "skip", "unsure"} and not self.fits(turn, asked):
            raise FieldInvalid(asked, "missing")
        today = turn.now.date()
        if asked == "referee_name":
            return rules.name_of(turn.text)
        if asked == "referee_relation":
            pressed = self._pressed(turn, asked)
            return pressed if pressed in rules.RELATIONS else rules.relation_of(turn.text)
        if asked == "referee_company":
            return rules.company_of(turn.text)
        if asked == "referee_contact":
            return list(rules.contact_of(turn.text))
        return list(rules.period_of(turn.text, today=today))

    def _take_recap(self, turn: Turn) -> None:
        if turn.intent == "deny":
            self._keep(turn, fixing=True)
            return
        if turn.intent != "affirm":
            raise FieldInvalid(_RECAP, "unclear")
        told = told_of(turn)
        try:
            with turn.uow.session.begin_nested():
                references.add_referee(turn.uow, UUID(told["request"]), _form(told["referee"]), now=turn.now)
        except RefereeTwice as error:
            turn.say(f"utter_error_{error.code}")
            self._ask_again(turn, "referee_contact")
            return
        self._keep(turn, referee={})

    def _take_send(self, turn: Turn) -> None:
        step, _, id_ = self._pressed(turn, _SEND).partition(":")
        request = _request(turn)
        if step == "remove" and any(str(one.id) == id_ for one in request.referees):
            references.remove_referee(turn.uow, UUID(id_), now=turn.now)
            turn.say("utter_referee_removed")
            self._keep(turn, enough=False)
        elif turn.intent == "affirm":
            references.give(turn.uow, request.id, now=turn.now)
            self._keep(turn, outcome="given")
        elif turn.intent == "deny":
            self._keep(turn, outcome="kept")
        else:
            raise FieldInvalid(_SEND, "unclear")

    def _ask_again(self, turn: Turn, question: str) -> None:
        if question not in _QUESTIONS:
            raise FieldInvalid(_FIX, "unknown")
        left = {name: value for name, value in told_of(turn)["referee"].items() if name != question}
        self._keep(turn, referee=left, fixing=False)

    @staticmethod
    def _keep(turn: Turn, **changed: Any) -> None:
        turn.set(references={**told_of(turn), **changed})

    @staticmethod
    def _pressed(turn: Turn, asked: str) -> str:
        """What a button of this very question says; "" for one of another."""
        return turn.entity("value") if turn.picked and turn.entity("field") == asked else ""

    def fits(self, turn: Turn, asked: str) -> bool:
        text, few = turn.text, len(turn.text.split()) <= _FEW_WORDS
        if "?" in text or not text:
            return False
        if asked in ("referee_name", "referee_company"):
            lone = turn.intent in ASIDE | LEAVE and len(text.split()) == 1
            return few and text[:1].isupper() and not lone and turn.intent != "correct_field"
        if asked not in _QUESTIONS or not few:
            return False
        readers: dict[str, Any] = {
            "referee_relation": rules.relation_of, "referee_contact": rules.contact_of,
            "referee_period": lambda words: rules.period_of(words, today=turn.now.date()),
        }  # fmt: skip
        try:
            readers[asked](text)
        except FieldInvalid:
            return False
        return True

    def own_intents(self, asked: str) -> frozenset[str]:
        own = {"inform", "correct_field", "choose_option"}
        if asked in ("referee_relation", "referee_company", "referee_period"):
            own |= {"about_business_unit", "search_jobs", "job_details", "find_mentor", "out_of_scope", "chitchat"}
        return frozenset(own)

    def refuse(self, turn: Turn, error: HuntredError) -> None:
        """What is over ends the form: no answer would help."""
        if isinstance(error, (ReferencesOver, NotFound)):
            turn.say("utter_error_references_over")
            turn.set(asked=None, requested_slot=None, references={"outcome": "over"})
        else:
            super().refuse(turn, error)


def _request(turn: Turn) -> ReferenceRequest:
    return request_of(turn, told_of(turn))


def _refuses(turn: Turn, asked: str) -> bool:
    """A no to all of it: told in so many words, or to the first name that is asked for."""
    if turn.intent != "deny" or turn.picked:
        return False
    if names_them(turn):
        return True
    return asked == "referee_name" and not _request(turn).referees


def _field_meant(turn: Turn) -> str:
    """The question whose answer is said to be wrong; "" where none is named."""
    if turn.picked:
        return ""
    named = _FIELD_OF.get(turn.entity("field"), "")
    folded = normalise(turn.text)
    meant = words()["references"]["meant"]
    return named or next((question for question, stems in meant.items() if any(stem in folded for stem in stems)), "")


def _form(told: dict[str, Any]) -> RefereeForm:
    email, phone = told["referee_contact"]
    from_year, to_year = told["referee_period"]
    return RefereeForm(
        told["referee_name"], told["referee_relation"], told["referee_company"], email, phone, from_year, to_year
    )


def _recap(told: dict[str, Any]) -> str:
    form = _form(told)
    fields = words()["references"]["fields"]
    lines = (
        (fields["referee_name"], form.name), (fields["referee_relation"], word("referee_relations", form.relation)),
        (fields["referee_company"], form.company),
        (fields["referee_contact"], " / ".join(part for part in (form.email, form.phone) if part)),
        (fields["referee_period"], _years(form.from_year, form.to_year)),
    )  # fmt: skip
    return "\n".join(f"• {name}: {value}" for name, value in lines)


def _no_more() -> Button:
    return button(words()["references"]["no_more"], "skip", field="referee_name")


def _removal(one: Referee) -> Button:
    first = one.name.split()[0]
    title = shortened(words()["references"]["remove"].format(name=first), 20)
    return button(title, "inform", field=_SEND, value=f"remove:{one.id}", description=shortened(one.name, 72))


def _years(from_year: int | None, to_year: int | None) -> str:
    if from_year is None:
        return ""
    return words()["references"]["still"].format(year=from_year) if to_year is None else years(from_year, to_year)

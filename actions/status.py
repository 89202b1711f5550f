"""How applications stand: one's own at once, those of an address after a code sent to it; and taking one back."""

from __future__ import annotations

from actions.base import ServiceAction
from actions.consent import consented
from actions.forms import FormStep
from actions.steps import goal, yes_no
from actions.turn import Turn, button
from actions.wording import day, shortened, when, words
from huntred.applications import service as applications
from huntred.applications.types import ApplicationStatus
from huntred.errors import FieldInvalid
from huntred.people.rules import parse_field
from huntred.privacy import service as privacy
from huntred.units import service as units

_ENDED = frozenset({"hired", "rejected", "withdrawn"})


class CheckStatus(ServiceAction):
    def name(self) -> str:
        return "action_check_status"

    def serve(self, turn: Turn) -> None:
        own = applications.of_person(turn.uow, turn.person.id, now=turn.now)
        number = _number(turn)
        if number is not None:
            found = [status for status in own if status.number == number]
            if found:
                _say(turn, found)
            else:
                # Somebody else's number and one that does not exist get the same answer.
                turn.say("utter_status_number_unknown", number=number)
            return
        if own:
            _say(turn, own)
        else:
            turn.say("utter_status_none")


def _number(turn: Turn) -> int | None:
    digits = turn.entity("application_number").lstrip("#")
    return int(digits) if digits.isdigit() and len(digits) < 10 else None


def _say(turn: Turn, found: list[ApplicationStatus]) -> None:
    """With the one thing that can be done: move an interview that stands, book one where none does."""
    going_on = [status for status in found if status.stage_kind not in _ENDED]
    if any(status.interview_id is not None for status in going_on):
        turn.say("utter_status_booked", status=_text(turn, found))
    elif going_on:
        turn.say("utter_status", status=_text(turn, found))
    else:
        turn.say("utter_status_only", status=_text(turn, found))


def _text(turn: Turn, found: list[ApplicationStatus]) -> str:
    timezone = units.get(turn.uow, turn.unit).timezone
    texts = []
    for status in found:
        lines = [f"#{status.number} {status.title}", words()["status"]["stage"].format(stage=status.stage_name)]
        if status.interview_at is not None:
            lines.append(words()["status"]["interview"].format(when=when(status.interview_at, timezone)))
        lines.append(words()["status"]["since"].format(day=day(status.moved_at, timezone)))
        texts.append("\n".join(lines))
    return "\n\n".join(texts)


class StatusByEmail(ServiceAction):
    def name(self) -> str:
        return "action_status_by_email"

    def serve(self, turn: Turn) -> None:
        if consented(turn, "status_by_email"):
            ask_email(turn)


def ask_email(turn: Turn) -> None:
    turn.start_form("form_code", code_email=None, verified=False, tries=0)


goal("status_by_email", ask_email)


class CodeForm(FormStep):
    """An address, then the code sent there. The answer never tells whether the address is known."""

    def name(self) -> str:
        return "validate_form_code"

    def next_question(self, turn: Turn) -> str | None:
        if turn.slot("verified"):
            return None
        return "code" if turn.slot("code_email") else "code_email"

    def take(self, turn: Turn, asked: str) -> None:
        if asked == "code_email":
            value = parse_field("email", turn.entity("email") or turn.text, today=turn.now.date())
            email = str(value.columns["email"])
            privacy.request_code(turn.uow, turn.conversation_id, email, now=turn.now)
            turn.set(code_email=email)
            return
        code = "".join(character for character in turn.text if character.isdigit())
        email = str(turn.slot("code_email"))
        if not privacy.redeem_code(turn.uow, turn.conversation_id, email, code, now=turn.now):
            raise FieldInvalid("code", "wrong")
        turn.set(verified=True)

    def fits(self, turn: Turn, asked: str) -> bool:
        if asked == "code_email":
            return "@" in turn.text
        return any(character.isdigit() for character in turn.text)


class CodeComplete(ServiceAction):
    def name(self) -> str:
        return "action_code_complete"

    def serve(self, turn: Turn) -> None:
        email = turn.slot("code_email")
        verified = turn.slot("verified")
        turn.set(code_email=None, verified=False)
        if not (email and verified):
            turn.say("utter_status_none")
            return
        found = applications.by_email(turn.uow, str(email), now=turn.now)
        if found:
            # Its owner may be writing elsewhere: from here it is only looked at.
            turn.say("utter_status_only", status=_text(turn, found))
        else:
            turn.say("utter_status_none_by_email")


class WithdrawApplication(ServiceAction):
    """Which one, where there are several; then a yes."""

    def name(self) -> str:
        return "action_withdraw"

    def serve(self, turn: Turn) -> None:
        own = [
            status
            for status in applications.of_person(turn.uow, turn.person.id, now=turn.now)
            if status.stage_kind not in _ENDED
        ]
        number = _number(turn)
        chosen = [status for status in own if status.number == number] if number is not None else own
        if not chosen:
            turn.say("utter_nothing_to_withdraw")
        elif len(chosen) == 1:
            turn.set(application_id=str(chosen[0].application_id))
            turn.expecting = "withdraw"
            turn.say("utter_ask_withdraw", number=chosen[0].number, title=chosen[0].title)
        else:
            rows = [
                button(shortened(status.title, 60), "withdraw_application", application_number=str(status.number),
                       description=f"#{status.number}")
                for status in chosen[:9]
            ]  # fmt: skip
            turn.say("utter_ask_which_withdraw", buttons=rows)


def _withdraw(turn: Turn) -> None:
    application_id = turn.id_slot("application_id")
    turn.set(application_id=None)
    if application_id is None:
        turn.say("utter_nothing_to_withdraw")
        return
    application = applications.withdraw(turn.uow, application_id, turn.person.id, now=turn.now)
    turn.say("utter_withdrawn", number=application.number)


def _keep(turn: Turn) -> None:
    turn.say("utter_withdraw_kept")


yes_no("withdraw", yes=_withdraw, no=_keep)

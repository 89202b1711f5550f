"""Between the forms about references and what the services take: a referee, and what a referee answers."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict

from backoffice.forms import FormReader
from huntred.errors import FieldInvalid
from huntred.references import rules
from huntred.references.models import ReferenceAnswer
from huntred.references.rules import AnswerForm, RefereeForm

_YES_NO = {"yes": True, "no": False, "": None}


def read_answer(posted: MultiDict[str, str]) -> AnswerForm:
    """Raises FieldInvalid."""
    form = FormReader(posted)
    ratings: dict[str, int | None] = {}
    for code in rules.COMPETENCES:
        chosen = form.text(f"rating_{code}", longest=10)
        if chosen == rules.UNOBSERVED:
            ratings[code] = None
        elif chosen:
            if chosen not in "12345" or len(chosen) != 1:
                raise FieldInvalid(f"rating_{code}", "unknown")
            ratings[code] = int(chosen)
    return AnswerForm(
        relation_right=_yes_no(form, "relation_right"),
        relation_note=form.text("relation_note", longest=rules.LONGEST_TEXT),
        from_year=_year(form, "from_year"), to_year=_year(form, "to_year"), still=form.flag("still"), ratings=ratings,
        texts={question: form.text(question, longest=rules.LONGEST_TEXT) for question in rules.QUESTIONS},
        again=form.text("again", longest=10), may_share=_yes_no(form, "may_share"),
    )  # fmt: skip


def values_of(answer: ReferenceAnswer | None) -> dict[str, Any]:
    """Return a kept draft as its form shows it."""
    if answer is None:
        return {}
    return {
        "relation_right": _said(answer.relation_right), "relation_note": answer.relation_note,
        "from_year": answer.from_year or "", "to_year": answer.to_year or "", "still": "1" if answer.still else "",
        "again": answer.again, "may_share": _said(answer.may_share), **answer.texts,
        **{f"rating_{code}": str(value) for code, value in answer.ratings.items()},
        **{f"rating_{code}": rules.UNOBSERVED for code in answer.unobserved},
    }  # fmt: skip


def read_referee(posted: MultiDict[str, str]) -> RefereeForm:
    """Raises FieldInvalid."""
    form = FormReader(posted)
    return RefereeForm(
        form.text("referee_name", longest=200), form.text("referee_relation", longest=20),
        form.text("referee_company", longest=200), form.text("referee_email", longest=200),
        form.text("referee_phone", longest=40), _year(form, "referee_from"),
        None if form.flag("referee_still") else _year(form, "referee_to"),
    )  # fmt: skip


def _year(form: FormReader, name: str) -> int | None:
    text = form.text(name, longest=4)
    if text and not (text.isascii() and text.isdigit()):
        raise FieldInvalid(name, "not_a_number")
    return int(text) if text else None


def _yes_no(form: FormReader, name: str) -> bool | None:
    said = form.text(name, longest=5)
    if said not in _YES_NO:
        raise FieldInvalid(name, "unknown")
    return _YES_NO[said]


def _said(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"

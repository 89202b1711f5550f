"""A list as one request shows it: its page, its columns, and what the user keeps of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from backoffice import work
from backoffice.forms import id_or_404
from backoffice.lists.catalogue import LISTS
from backoffice.lists.declared import Column, DeclaredList, Facts
from huntred.lists import service
from huntred.lists.models import SavedView
from huntred.pages import Page

_ON_PAGE = 25


@dataclass(frozen=True)
class Listing:
    """What the list's template draws. view: the saved view that is open. args: the filters of the address."""

    declared: DeclaredList
    page: Page[Any]
    columns: Sequence[Column]
    facts: Facts
    views: Sequence[SavedView]
    view: SavedView | None
    args: dict[str, str]

    def shows(self, name: str) -> bool:
        return any(column.name == name for column in self.columns)


def show(name: str) -> Listing:
    """Read the list that the request asks for. Raises FieldInvalid; 404 where the view is none of the user's."""
    uow = work.current_work()
    declared = LISTS[name]
    opened = opened_view(name)
    page = declared.page(uow.session, request.args, request.args.get("cursor", ""), _ON_PAGE, work.now())
    return Listing(
        declared=declared,
        page=page,
        columns=columns_of_request(declared, opened),
        facts=declared.facts(uow.session, page.items),
        views=service.views(uow, name),
        view=opened,
        args=declared.filters_of(request.args),
    )


def opened_view(name: str) -> SavedView | None:
    """Return the saved view that the address names, of this list."""
    asked = request.values.get("view", "")
    if not asked:
        return None
    found = service.view(work.current_work(), id_or_404(asked))
    return found if found.list_name == name else None


def columns_of_request(declared: DeclaredList, opened: SavedView | None) -> list[Column]:
    """Return the opened view's columns, else those that the user chose, else the list's own."""
    names = opened.columns if opened else service.chosen_columns(work.current_work(), declared.name)
    return declared.columns_of(names)

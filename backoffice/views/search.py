"""The search over everything: the list under ⌘K, and the same as a page."""

from __future__ import annotations

from flask import request
from flask_admin import BaseView, expose

from backoffice import work
from huntred.search import service

_LONGEST = 100
_ON_PAGE = 30


class SearchView(BaseView):
    """`/search`; what is too long to be a search is cut, never refused: somebody is still typing."""

    @expose("/")
    def index(self) -> str:
        text = request.args.get("text", "")[:_LONGEST].strip()
        return self.render(
            "search/index.html", text=text, found=service.find(work.current_work(), text, shown=_ON_PAGE)
        )

    @expose("/list")
    def list(self) -> str:
        """The list alone: what the palette shows."""
        text = request.args.get("text", "")[:_LONGEST].strip()
        return self.render("search/_list.html", text=text, found=service.find(work.current_work(), text))

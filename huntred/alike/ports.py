"""What comparing vacancies needs of the outside: which work a title names."""

from __future__ import annotations

from typing import Protocol


class TitleReader(Protocol):
    def concept_of(self, title: str) -> tuple[str, str]:
        """Return an id that titles of the same work share, and the words that name it; two empty texts: not known."""
        ...

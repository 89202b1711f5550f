"""In which language a request is answered: the user's own switch on *Mi cuenta*; Spanish for everybody else.

Pages for candidates, clients and interviewers, the API and what the worker writes for others have no user: Spanish.
"""

from __future__ import annotations

from functools import cached_property

from flask import Flask, g, has_app_context, has_request_context, request
from jinja2 import Environment

from backoffice.translations.compiling import in_english

SPANISH, ENGLISH = "es", "en"
LANGUAGES = (SPANISH, ENGLISH)
# Where dates, numbers and relative times are looked up.
_LOCALES = {SPANISH: "es_MX", ENGLISH: "en_US"}
# What the browser keeps, so that the log-in speaks as whoever last chose there.
COOKIE = "language"
COOKIE_SECONDS = 365 * 24 * 3600


def chosen() -> str:
    """One of LANGUAGES."""
    return str(g.get("language", SPANISH)) if has_app_context() else SPANISH


def locale() -> str:
    """The locale of dates and numbers, as Babel names it."""
    return _LOCALES[chosen()]


def choose(language: str) -> None:
    """Answer this request in a language; in Spanish where it is none of ours."""
    g.language = language if language in LANGUAGES else SPANISH


def choose_of_browser() -> None:
    """Before anybody is known: as it was last chosen in this browser."""
    choose(request.cookies.get(COOKIE, SPANISH))


def babel_locale() -> str | None:
    """The locale of the libraries' own words; none is the app's, Spanish."""
    return ENGLISH if chosen() == ENGLISH else None


class TwoLanguages(Flask):
    """Flask with an environment a language; both share filters, globals and templates."""

    @cached_property
    def _spanish(self) -> Environment:
        return self.create_jinja_environment()

    @cached_property
    def _english(self) -> Environment:
        return in_english(self._spanish)

    @property
    def jinja_env(self) -> Environment:  # type: ignore[override]  # Flask's is one for all requests
        return self._english if has_request_context() and chosen() == ENGLISH else self._spanish

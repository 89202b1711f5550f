"""Which approved WhatsApp template a notice goes out as, outside the window: one of its chat's language, else Spanish.

A chat in Haitian Creole, which Meta has no templates in, is told by French ones before Spanish ones.
Each is given the values of its own language, so that nothing is sent in two: which of them is approved, only the
gateway knows when the notice's turn comes.
"""

from __future__ import annotations

from collections.abc import Callable

from contract import languages
from contract.message import TemplateUse
from huntred.languages import MAIN
from huntred.notifications.wording import wording

# Meta's codes of the languages that our templates and all of the words which fill them are written in.
CODES = {MAIN: "es_MX", "en": "en_US", "fr": "fr", "pt": "pt_BR"}
# What is read most easily by whoever writes in a language that Meta has no templates in (docs/decisions/0045).
_NEAREST = {"ht": "fr"}


def template_language(language: str) -> str:
    """Return the language (ISO 639-1) of the templates for a chat of this one."""
    nearest = _NEAREST.get(language, language)
    return nearest if nearest in CODES else MAIN


def template_use(
    name: str, unit: str, language: str, values: Callable[[str], tuple[str, ...]], *, around: str = ""
) -> TemplateUse:
    """Return a unit's template for a chat of this language (ISO 639-1). values: what fills it in a language.

    around: words of the team among the values, which nobody translates: the template is of their language alone. Where
    they do not tell it they are taken for Spanish, as drafts of a unit's own are.
    """
    chosen = template_language(language)
    if around and template_language(languages.language_of(around)) != chosen:
        chosen = MAIN
    instead = TemplateUse(f"{name}_{unit}", CODES[MAIN], values(MAIN)) if chosen != MAIN and not around else None
    return TemplateUse(f"{name}_{unit}", CODES[chosen], values(chosen), instead)


def greeted(first_name: str, language: str) -> str:
    """Return what stands for the name in a greeting; Meta refuses an empty value."""
    return first_name or str(wording(language)["unnamed_template"])

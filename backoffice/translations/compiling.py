"""Compiles templates into English: every text of ours is looked up once, when the template is first used."""

from __future__ import annotations

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame

from backoffice.translations.catalogue import codes, english
from backoffice.translations.reading import translate


class _English(CodeGenerator):
    """Jinja's own, after the words of the tree are replaced."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802  # Jinja's name
        translate(node, self.name or "", english(), codes())
        super().visit_Template(node, frame)


def in_english(environment: Environment) -> Environment:
    """Return an environment that shares filters, globals and loader with this one and writes English."""
    # A cache of compiled code goes by a template's name and text, which are the same in both languages.
    overlay = environment.overlay(bytecode_cache=None)
    overlay.code_generator_class = _English
    return overlay

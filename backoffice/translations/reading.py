"""Finds the words of a template as it is compiled, and puts others in their place.

Works on Jinja's tree, so that a text is told from a code by where it stands: text between tags, attributes that
people hear or read, and strings that an expression writes or hands on. A sentence with values in it is one text,
`Abrimos {1} horarios`, whose translation may put them elsewhere; values before and after it are not part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from jinja2 import nodes

from backoffice.translations.html import Html, pieces
from backoffice.translations.phrases import INLINE, balanced, edges, has_words, looks_like_words, normal

_Node = TypeVar("_Node", bound=nodes.Node)


class Words(Protocol):
    """What says a text in another language. place: the template, or the dictionary in it and the key."""

    def knows(self, text: str, place: str) -> bool:
        """Whether there is a saying of just this text."""

    def say(self, text: str, place: str) -> str | None:
        """Return what stands there instead; none: the text stays."""


_SIGNS = str.maketrans("«»", "“”")
_CODE_CALLS = frozenset({"url_for", "url_for_security", "asset", "icon", "csrf", "attribute"})
_TEXT_METHODS = frozenset({"split", "startswith", "endswith", "replace", "strip", "append", "index", "count"})
_TEXT_FILTERS = frozenset({"default", "d", "join"})
_PLACED = re.compile(r"\{(\d+)\}")


@dataclass
class _Item:
    """A piece of what is written: code as it is, text, or an expression (its node)."""

    reads: str
    text: str = ""
    expression: nodes.Expr | None = None


def translate(template: nodes.Template, name: str, words: Words, codes: frozenset[str]) -> None:
    """Replace the words of a template in place, and the quotation marks around them.

    codes: words that are not for people, such as names of icons.
    """
    _Walk(name, words, codes).body(template.body, Html())


class _Walk:
    def __init__(self, name: str, words: Words, codes: frozenset[str]) -> None:
        self._name, self._words, self._codes = name, words, codes
        self._place = ""

    # What is written, in its order.

    def body(self, written: Sequence[nodes.Node], html: Html) -> Html:
        for node in written:
            html = self._statement(node, html)
        return html

    def _statement(self, node: nodes.Node, html: Html) -> Html:
        if isinstance(node, nodes.Output):
            return self._output(node, html)
        if isinstance(node, nodes.If):
            after = self.body(node.body, html)
            for other in node.elif_:
                self.body(other.body, html)
            self.body(node.else_, html)
            return after
        if isinstance(node, nodes.For):
            self._expression(node.iter, "maybe")
            after = self.body(node.body, html)
            self.body(node.else_, html)
            return after
        if isinstance(node, nodes.Macro):
            for default in node.defaults:
                self._expression(default, "maybe")
            self.body(node.body, Html())
            return html
        if isinstance(node, nodes.CallBlock):
            self._expression(node.call, "maybe")
            self.body(node.body, Html())
            return html
        if isinstance(node, nodes.Assign):
            self._place = getattr(node.target, "name", "")
            self._expression(node.node, "maybe")
            self._place = ""
            return html
        if isinstance(node, nodes.AssignBlock):
            self.body(node.body, Html())
            return html
        if isinstance(node, nodes.With):
            for value in node.values:
                self._expression(value, "maybe")
        return self.body(getattr(node, "body", []), html)

    def _output(self, node: nodes.Output, html: Html) -> Html:
        items: list[_Item] = []
        for written in node.nodes:
            if isinstance(written, nodes.TemplateData):
                for text, reads, after in pieces(written.data, html):
                    items.append(_Item(reads, text))
                    html = after
            else:
                items.append(_Item(html.reads, expression=self._expression(written, html.reads)))
        node.nodes = list(_joined(self._told(items), nodes.TemplateData))
        return html

    def _told(self, items: list[_Item]) -> Iterator[_Item]:
        """The items with each run of text and expressions between code looked up."""
        run: list[_Item] = []
        for item in items:
            if run and (not item.reads or item.reads != run[-1].reads):
                yield from self._run(run)
                run = []
            if item.reads:
                run.append(item)
            else:
                yield item
        yield from self._run(run)

    def _run(self, run: list[_Item]) -> Iterator[_Item]:
        """Look up a sentence: all of the run where the catalogue has that, else from its first word to its last."""
        worded = [at for at, item in enumerate(run) if has_words(item.text)]
        if not worded or (run[0].reads == "maybe" and not looks_like_words(normal(_text_of(run)), self._codes)):
            yield from map(_signed, run)
            return
        first, last = worded[0], worded[-1] + 1
        if self._words.knows(normal(_text_of(run)), self._where):
            first, last = 0, len(run)
        elif not balanced(_text_of(run[first:last])):
            yield from self._cut_at_tags(run)
            return
        sentence = run[first:last]
        said = self._said(_text_of(sentence))
        yield from map(_signed, run[:first])
        yield from map(_signed, sentence if said is None else _filled(said, sentence))
        yield from map(_signed, run[last:])

    @property
    def _where(self) -> str:
        return self._place or self._name

    def _said(self, text: str) -> str | None:
        said = self._words.say(normal(text), self._where)
        if said is None:
            return None
        before, after = edges(text)
        return before + said + after

    def _cut_at_tags(self, run: list[_Item]) -> Iterator[_Item]:
        part: list[_Item] = []
        for item in run:
            end = 0
            for tag in INLINE.finditer(item.text):
                yield from self._run([*part, _Item(item.reads, item.text[end : tag.start()])])
                yield _Item("", tag[0])
                part, end = [], tag.end()
            part.append(replace(item, text=item.text[end:]))
        yield from self._run(part)

    # What an expression says.

    def _expression(self, node: _Node, reads: str) -> _Node:
        if not reads:
            return node
        if isinstance(node, nodes.Const):
            self._constant(node, reads)
        elif isinstance(node, nodes.CondExpr):
            node.expr1 = self._expression(node.expr1, reads)
            node.expr2 = self._expression(node.expr2, reads) if node.expr2 is not None else None
        elif isinstance(node, (nodes.Or, nodes.And)):
            node.left, node.right = self._expression(node.left, reads), self._expression(node.right, reads)
        elif isinstance(node, nodes.Concat):
            items = [
                _Item(reads, part.value) if isinstance(part, nodes.Const) and isinstance(part.value, str)
                else _Item(reads, expression=self._expression(part, reads))
                for part in node.nodes
            ]  # fmt: skip
            node.nodes = list(_joined(self._run(items), nodes.Const))
        elif isinstance(node, nodes.BinExpr):
            node.left, node.right = self._expression(node.left, reads), self._expression(node.right, reads)
        elif isinstance(node, nodes.Filter):
            if node.node is not None:
                node.node = self._expression(node.node, reads)
            if node.name in _TEXT_FILTERS:
                node.args = [self._expression(one, "maybe") for one in node.args]
        elif isinstance(node, nodes.Call):
            self._call(node)
        elif isinstance(node, nodes.Getitem | nodes.Getattr):
            node.node = self._expression(node.node, "maybe")
        elif isinstance(node, nodes.Dict):
            for pair in node.items:
                self._pair(pair)
        elif isinstance(node, nodes.Tuple | nodes.List):
            node.items = [self._expression(one, "maybe") for one in node.items]
        return node

    def _pair(self, pair: nodes.Pair) -> None:
        place = self._place
        if isinstance(pair.key, nodes.Const) and place:
            self._place = f"{place}.{pair.key.value}"
        pair.value = self._expression(pair.value, "maybe")
        self._place = place

    def _call(self, node: nodes.Call) -> None:
        called = node.node
        name = called.name if isinstance(called, nodes.Name) else getattr(called, "attr", "")
        if name in _CODE_CALLS:
            return
        if isinstance(called, nodes.Getattr):
            called.node = self._expression(called.node, "maybe")
        if name in _TEXT_METHODS:
            return
        codes = 1 if name in {"get", "pop"} else 0
        node.args[codes:] = [self._expression(one, "maybe") for one in node.args[codes:]]
        for one in node.kwargs:
            one.value = self._expression(one.value, "maybe")

    def _constant(self, node: nodes.Const, reads: str) -> None:
        if not isinstance(node.value, str) or not has_words(node.value):
            return
        if reads == "maybe" and not looks_like_words(node.value, self._codes):
            return
        node.value = self._said(node.value) or node.value


def _joined(items: Iterator[_Item], kind: type[nodes.Literal]) -> Iterator[nodes.Expr]:
    for item in items:
        if item.expression is not None:
            yield item.expression
        elif item.text:
            yield kind(item.text)


def _text_of(run: Sequence[_Item]) -> str:
    """A run as the catalogue writes it: its values as {1}, {2}."""
    text, values = "", 0
    for item in run:
        values += item.expression is not None
        text += item.text if item.expression is None else f"{{{values}}}"
    return text


def _filled(said: str, run: Sequence[_Item]) -> Iterator[_Item]:
    """What is said, with the values of the run in their places."""
    values = [item for item in run if item.expression is not None]
    end = 0
    for found in _PLACED.finditer(said):
        yield _Item("sure", said[end : found.start()])
        yield values[int(found[1]) - 1]
        end = found.end()
    yield _Item("sure", said[end:])


def _signed(item: _Item) -> _Item:
    return replace(item, text=item.text.translate(_SIGNS))

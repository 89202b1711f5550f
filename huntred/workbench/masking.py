"""Takes out of a message who wrote it and of whom: names, numbers, addresses of all kinds. Before it is stored.

Rather too much than too little: a designer needs what was wanted, never who wanted it. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import yaml

from contract.masking import mask_secrets
from contract.text import normalise
from huntred.geography import all_places
from huntred.people.words import words

NAME, NUMBER, EMAIL, PHONE = "[NOMBRE]", "[NÚMERO]", "[CORREO]", "[TELÉFONO]"
LINK, HANDLE, STREET = "[ENLACE]", "[USUARIO]", "[DOMICILIO]"
# What stands in an example in place of what was masked: invented, and marked as the entity that it is. `mask` lets
# exactly these pass, so that an example can be masked again.
INVENTED = {
    NAME: "[Lupita Robles](name)",
    NUMBER: "12",
    EMAIL: "[correo@example.com](email)",
    PHONE: "[55 0000 0000](phone)",
    LINK: "mi enlace",
    HANDLE: "mi usuario",
    STREET: "mi domicilio",
    "[CURP]": "mi CURP",
    "[RFC]": "mi RFC",
    "[TARJETA]": "mi tarjeta",
}
_PLACEHOLDER = re.compile("|".join(re.escape(mark) for mark in sorted(INVENTED, key=len, reverse=True)))

_AT = r"(?:@|\(?\[?\b(?:arroba|at)\b\]?\)?)"
_DOT = r"(?:\.|\(?\[?\b(?:punto|dot)\b\]?\)?)"
_EMAIL = re.compile(
    rf"[\w.+-]+(?:\s*{_DOT}\s*[\w+-]+)*\s*{_AT}\s*[\w-]+(?:\s*{_DOT}\s*(?:com|mx|net|org|edu|gob|io|es|gmail|hotmail"
    r"|outlook|yahoo|\w{2,}))+",
    re.I,
)
_LINK = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|mx|net|org|me|io|link|ly)(?:\.mx)?(?:/\S*)?\b", re.I)
_HANDLE = re.compile(r"(?<!\w)@\w[\w.]+")
_STREET = re.compile(
    r"\b(?:calle|avenida|av\.?|blvd\.?|boulevard|calzada|calz\.?|privada|priv\.?|andador|callej[oó]n|colonia|col\.?"
    r"|fracc(?:ionamiento|\.)|manzana|mz\.?|lote|lt\.?|c\.?p\.?|c[oó]digo postal)\s+"
    r"(?:(?:de|del|la|las|los|el|n[uú]m(?:ero|\.)?|#|no\.)\s+)*[\w#.-]+(?:\s+(?:[A-ZÁÉÍÓÚÑ][\w.]*|de|del|la|los|#?\d\w*))*",
    re.I,
)
_DIGITS = re.compile(r"\+?\(?\d(?:[\d\s().,/:-]*\d)?")
_PHONE_DIGITS = 7
_DIGIT_WORDS = (
    "cero|uno|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|veinte|treinta"
    "|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa|cien|ciento|dieci\\w+|veinti\\w+"
)
_SPOKEN_PHONE = re.compile(rf"\b(?:{_DIGIT_WORDS})(?:[\s,.-]+(?:y\s+)?(?:{_DIGIT_WORDS})){{4,}}\b", re.I)
_SPELT = re.compile(r"\b(?:[^\W\d_][ .-]{1,2}){4,}[^\W\d_]\b")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PARTICLES = frozenset({"de", "del", "la", "las", "los", "y", "da", "san", "santa", "von", "van"})
# After these comes a name, however it is written.
_SAYS_NAME = re.compile(
    r"\b(?:me\s+llamo|mi\s+n[o0]mbre(?:\s+completo)?\s*(?:es|:)|me\s+nombro|me\s+dicen|nombre\s*:|my\s+name\s+is|"
    r"je\s+m['’]appelle|mwen\s+rele|meu\s+nome\s+[eé]|apellidos?\s*(?:son|es|:)|se\s+llama)\s*:?\s+",
    re.I,
)
# After these comes a name where it is written as one, or is a usual one.
_MAY_NAME = re.compile(
    r"\b(?:soy|yo\s+soy|habla|le\s+habla|te\s+habla|escribe|le\s+escribe|atte\.?|atentamente|firma|de\s+parte\s+de|"
    r"(?:el|la)\s+(?:se[nñ]ora?|licenciad[oa]|lic\.?|ingenier[oa]|ing\.?|doctora?)|se[nñ]ora?|srita\.?|sra?\.?|lic\.?|"
    r"ing\.?|dra?\.?|don|do[nñ]a|i\s+am|i'm)\s*[,:]?\s+",
    re.I,
)
# Where an introduction ends.
_ENDS = frozenset(
    (
        "pero", "y", "e", "tengo", "quiero", "busco", "necesito", "vivo", "estoy", "soy", "con", "para", "por",
        "porque", "que", "mi", "me", "su", "un", "una", "el", "en", "a", "al", "de", "del",
        "como", "buenas", "buenos", "hola", "gracias", "ando", "vengo", "trabajo", "and", "i", "from",
    )
)  # fmt: skip
_MOST_WORDS = 5


def mask(text: str, known: Sequence[str] = (), *, keep: bool = False) -> str:
    """Return the text with everything personal replaced by a mark such as `[NOMBRE]`.

    known: names of who wrote it and of whom we know, in any spelling; each word of them is taken out. keep: invented
    values (`INVENTED`) and Rasa's annotations around them stay, for text that a designer edited.
    """
    text = _plain(text)
    kept: list[str] = []

    def put_aside(found: re.Match[str]) -> str:
        kept.append(found.group())
        return f"\ue000{chr(0xE100 + len(kept) - 1)}\ue001"

    safe = [re.escape(value) for value in INVENTED.values() if value != INVENTED[NUMBER]] if keep else []
    text = re.sub("|".join([_PLACEHOLDER.pattern, *safe]), put_aside, text)
    if keep:
        text = re.sub(rf"(?<![\d.,]){INVENTED[NUMBER]}(?![\d.,]*\d)", put_aside, text)
    text = mask_secrets(text)
    text = re.sub(r"\[(?:CURP|RFC|TARJETA)\]", put_aside, text)
    for pattern, mark in ((_EMAIL, EMAIL), (_LINK, LINK), (_HANDLE, HANDLE), (_SPOKEN_PHONE, PHONE)):
        text = pattern.sub(lambda _, mark=mark: _aside(kept, mark), text)  # type: ignore[misc]
    text = _STREET.sub(lambda found: _aside(kept, STREET) if _says_where(found.group()) else found.group(), text)
    text = _DIGITS.sub(lambda found: _aside(kept, _number(found.group())), text)
    text = _SPELT.sub(lambda _: _aside(kept, NAME), text)
    text = _without_names(text, known, kept)
    text = re.sub("\ue000(.)\ue001", lambda found: kept[ord(found[1]) - 0xE100], text)
    # "[NOMBRE] [NOMBRE]" says no more than one.
    text = re.sub(rf"{re.escape(NAME)}(?:\s+(?:de\s+|del\s+|la\s+|y\s+)*{re.escape(NAME)})+", NAME, text)
    return " ".join(text.split())


def invented(masked: str) -> str:
    """Return masked text as somebody could have written it: invented values in place of the marks."""
    return _PLACEHOLDER.sub(lambda found: INVENTED[found.group()], masked)


def _aside(kept: list[str], mark: str) -> str:
    kept.append(mark)
    return f"\ue000{chr(0xE100 + len(kept) - 1)}\ue001"


def _plain(text: str) -> str:
    """One spelling of what looks alike: full-width and other digits, keycaps, characters of no width."""
    text = unicodedata.normalize("NFKC", text).replace("\u20e3", " ")
    text = "".join(
        str(unicodedata.digit(sign)) if unicodedata.category(sign) == "Nd" else sign
        for sign in text
        # Format characters and variation selectors split a number that people still read as one; ours are private.
        if unicodedata.category(sign) not in {"Cf", "Co"} and not 0xFE00 <= ord(sign) <= 0xFE0F
    )
    return "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text)


def _number(found: str) -> str:
    return PHONE if sum(sign.isdigit() for sign in found) >= _PHONE_DIGITS else NUMBER


def _says_where(found: str) -> bool:
    """`col` and `lote` are words too: an address names a street with a capital, or a number."""
    said = found.split(maxsplit=1)[-1]
    return any(sign.isdigit() or sign.isupper() for sign in said)


@lru_cache(maxsize=1)
def _lists() -> dict[str, frozenset[str]]:
    raw = yaml.safe_load((Path(__file__).parent / "names.yml").read_text(encoding="utf-8"))
    lists = {
        name: frozenset(_fold(word) for entry in entries for word in entry.split()) for name, entries in raw.items()
    }
    doubtful = lists["given_doubtful"] | lists["surnames_doubtful"]
    given = frozenset(_fold(name) for name in words()["given_names"])
    sure = (lists["given_sure"] | lists["surnames_sure"] | given) - doubtful - _PARTICLES
    return {"sure": sure, "doubtful": doubtful}


def _fold(word: str) -> str:
    return normalise(word)


def _without_names(text: str, known: Sequence[str], kept: list[str]) -> str:
    found = list(_WORD.finditer(text))
    folded = [_fold(match.group()) for match in found]
    lists = _lists()
    own = {_fold(part) for name in known for part in _WORD.findall(_plain(name))} - _PARTICLES
    own = {part for part in own if len(part) > 2 or part in lists["sure"]}
    hit = [word in lists["sure"] or word in own for word in folded]
    shouted = text.upper() == text
    _mark_introduced(text, found, folded, hit, lists, shouted)
    _mark_capitalised(text, found, folded, hit, shouted)
    for place, match in enumerate(found):
        capital = match.group()[0].isupper() and not shouted and not _begins(text, found, place)
        if folded[place] in lists["doubtful"] and capital and folded[place] not in _places():
            hit[place] = True
    # What stands beside a name and may be one, is one.
    for _ in range(_MOST_WORDS):
        for place, word in enumerate(folded):
            if hit[place] or not (word in lists["doubtful"] or (found[place].group()[0].isupper() and not shouted)):
                continue
            hit[place] = any(
                0 <= other < len(hit) and hit[other] and _adjacent(text, found, place, other)
                and (word in lists["doubtful"] or other < place)
                for other in (place - 1, place + 1)
            )  # fmt: skip
    # "de la Cruz" between two of them goes along.
    pieces, last = [], 0
    for match, is_name in zip(found, hit, strict=True):
        if is_name:
            pieces += [text[last : match.start()], _aside(kept, NAME)]
            last = match.end()
    return "".join([*pieces, text[last:]])


def _mark_introduced(
    text: str, found: list[re.Match[str]], folded: list[str], hit: list[bool], lists: dict[str, frozenset[str]],
    shouted: bool,
) -> None:  # fmt: skip
    for pattern, certain in ((_SAYS_NAME, True), (_MAY_NAME, False)):
        for lead in pattern.finditer(text):
            taken = 0
            for place, match in enumerate(found):
                if match.start() < lead.end():
                    continue
                if taken == _MOST_WORDS or (taken and not _adjacent(text, found, place - 1, place)):
                    break
                if not taken and match.start() > lead.end() + 1:
                    break
                word = folded[place]
                if word in _PARTICLES and taken:
                    continue
                written_as_one = match.group()[0].isupper() and not shouted
                listed = word in lists["sure"] or word in lists["doubtful"]
                if word in _ENDS or not (certain or written_as_one or listed):
                    break
                hit[place] = True
                taken += 1


def _mark_capitalised(
    text: str, found: list[re.Match[str]], folded: list[str], hit: list[bool], shouted: bool
) -> None:
    """Two words or more with capitals inside a sentence are somebody's or something's name, unless a known place."""
    if shouted:
        return
    place = 0
    while place < len(found):
        end = place
        while end < len(found) and found[end].group()[0].isupper():
            if end > place and not _adjacent(text, found, end - 1, end):
                break
            end += 1
        run = range(place, end)
        if len(run) >= 2 and " ".join(folded[place:end]) not in _places():
            begins = _begins(text, found, place)
            # The first word of a sentence has its capital anyway: "Quiero Trabajo" is no name.
            if not (begins and len(run) == 2):
                for at in run:
                    hit[at] = hit[at] or len(folded[at]) > 2
        place = max(end, place + 1)


def _begins(text: str, found: list[re.Match[str]], place: int) -> bool:
    """Whether a sentence begins with this word: its capital then says nothing."""
    return place == 0 or any(sign in ".!?¡¿\n" for sign in text[found[place - 1].end() : found[place].start()])


def _adjacent(text: str, found: list[re.Match[str]], one: int, other: int) -> bool:
    first, second = sorted((one, other))
    return first >= 0 and not text[found[first].end() : found[second].start()].strip()


@lru_cache(maxsize=1)
def _places() -> frozenset[str]:
    names = (name for place in all_places() for name in (place.name, place.state, place.country, *place.aliases))
    return frozenset(_fold(name) for name in names if name)

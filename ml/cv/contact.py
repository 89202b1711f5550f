"""Who it is and how to reach them. Age, sex, marital status and the like are read by nobody here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import phonenumbers

from contract.text import normalise
from huntred.cv.ports import CvContact, Found
from huntred.errors import FieldInvalid
from huntred.people.names import capitalised, parse_full_name
from ml.cv.dates import periods
from ml.cv.document import CELL, Document, Line
from ml.cv.entries import Part, kind_of, parts
from ml.cv.headings import OF_PEOPLE, label, section_of
from ml.cv.sections import Sections
from ml.cv.tagging import Tags
from ml.cv.words import folded, pattern, words

_MAIL = re.compile(r"[A-Za-z0-9][\w.+%-]*\s?@\s?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s|,;()<>\t]+|(?<![@\w.])(?:[a-z]{2,3}\.)?(?:linkedin\.com|github\.com|gitlab\.com|behance\.net"
    r"|dribbble\.com|medium\.com|[a-z0-9-]+\.github\.io)/?[^\s|,;()<>\t]*",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\w/.-])(?:\(?\+?\d{1,3}\)?[\s.-]*)?(?:\(\d{2,3}\)|\d)[\d\s().-]{6,18}\d(?![\w/])")
_NAME = re.compile(r"[^\W\d_][^\W\d_.'’´`-]*\.?(?:[ -][^\W\d_][^\W\d_.'’´`-]*\.?){1,6}")


def contact(document: Document, sections: Sections, tags: Tags) -> CvContact:
    lines = list(document.lines)
    mail = _mail(lines)
    name = _name(document, sections, tags, mail.value if mail else "")
    first = one = two = None
    if name is not None:
        first, one, two = _parts_of_name(name)
        surname = next((told for line in lines if (told := _labelled(line, "surname")) is not None), None)
        if surname is not None and normalise(surname.value) not in normalise(name.value):
            # A form asks for them one by one.
            first, name = name, replace(name, value=f"{name.value} {surname.value}")
            _, one, two = _parts_of_name(replace(surname, value=f"{first.value.split()[0]} {surname.value}"))
    return CvContact(
        name,
        first,
        one,
        two,
        mail,
        _phone(lines, sections),
        _location(document, sections, tags, name),
        tuple(_links(lines)),
    )


def _labelled(line: Line, role: str) -> Found | None:
    told, begin = label(line.text, OF_PEOPLE)
    if told != role or begin >= len(line.text):
        return None
    return line.found(begin, len(line.text), 0.95, _tidy(line.text[begin:].split(CELL)[0]))


def _mail(lines: list[Line]) -> Found | None:
    for line in lines:
        match = _MAIL.search(line.text)
        if match:
            return line.found(match.start(), match.end(), 0.99, match.group().replace(" ", ""))
    return None


def _links(lines: list[Line]) -> Iterator[Found]:
    said: set[str] = set()
    for at, line in enumerate(lines):
        for match in _LINK.finditer(line.text):
            value = match.group().rstrip(".,;")
            # A narrow column breaks long addresses at a hyphen or a slash.
            if value.endswith(("-", "/")) and at + 1 < len(lines) and re.fullmatch(r"[\w./-]+", lines[at + 1].text):
                if lines[at + 1].lane == line.lane and "@" not in lines[at + 1].text:
                    value += lines[at + 1].text
            value = value.split("?")[0]
            if value.lower() not in said:
                said.add(value.lower())
                yield line.found(match.start(), match.end(), 0.95, value)


def _phone(lines: list[Line], sections: Sections) -> Found | None:
    """Return the first whole number; what stands under references or inside a job is somebody else's."""
    foreign = _places(sections, ("references", "experience"))
    own = [line for line in lines if (line.page, line.start) not in foreign]
    for line in own:
        if label(line.text, OF_PEOPLE)[0] == "private":
            continue
        for match in _PHONE.finditer(_LINK.sub(lambda one: " " * len(one.group()), line.text)):
            digits = re.sub(r"\D", "", match.group())
            if not 10 <= len(digits) <= 13 or any(period.since for period in periods(match.group())):
                continue
            value = _e164(match.group(), digits)
            if value:
                return line.found(match.start(), match.end(), 0.95, value)
    return None


def _places(sections: Sections, names: tuple[str, ...]) -> set[tuple[int, int]]:
    return {(line.page, line.start) for name in names for line in sections.of(name)}


def _e164(text: str, digits: str) -> str:
    # 044, 045 and the 1 after 52 were dialled before 2019; many CVs still carry them.
    if digits.startswith(("044", "045")) and len(digits) == 13:
        digits = digits[3:]
    if digits.startswith("521") and len(digits) == 13:
        digits = "52" + digits[3:]
    if digits.startswith("01") and len(digits) == 12:
        digits = digits[2:]
    plus = "+" in text or (len(digits) == 12 and digits.startswith("52"))
    try:
        number = phonenumbers.parse("+" + digits if plus else digits, None if plus else "MX")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _name(document: Document, sections: Sections, tags: Tags, mail: str) -> Found | None:
    head = {(line.page, line.start) for line in [*sections.head, *sections.of("contact"), *sections.of("summary")]}
    account = re.sub(r"[^a-z]+", " ", folded(mail.partition("@")[0])).split()
    best: tuple[float, Found] | None = None
    biggest = max((line.size for line in document.lines if line.page == 1), default=0.0)
    for at, line in enumerate(document.lines):
        if line.page > 1:
            break
        role, begin = label(line.text, OF_PEOPLE)
        if role == "name" and begin < len(line.text):
            return line.found(begin, len(line.text), 0.98, _tidy(line.text[begin:].split("\t")[0]))
        if role == "name" and at + 1 < len(document.lines):
            following = document.lines[at + 1]
            if _NAME.fullmatch(following.text.strip()):
                return following.found(0, len(following.text), 0.95, _tidy(following.text))
        for part in parts(line, None, tags):
            score = _name_score(part, tags, account)
            if score <= 0:
                continue
            if (line.page, line.start) in head:
                score += 1.5
            else:
                score -= 1.0
            score += 2.0 * (line.size / biggest if biggest else 0.5) + (0.5 if line.bold or line.heading else 0)
            score += max(0.0, 1.5 - at * 0.15)
            if best is None or score > best[0]:
                best = (score, part.line.found(part.start, part.end, min(0.97, 0.4 + score / 12), _tidy(part.text)))
    if best is None or best[0] < 2.0:
        return None
    return _with_next_line(document, best[1], tags, account)


def _name_score(part: Part, tags: Tags, account: list[str]) -> float:
    text = " ".join(part.text.split())
    bare = _untitled(text)
    if not _NAME.fullmatch(bare) or section_of(bare) or len(bare) > 60 or bare.endswith("."):
        return 0.0
    names = folded(bare).split()
    particle = pattern("particle")
    capital = all(word[:1].isupper() or particle.fullmatch(folded(word)) for word in bare.split())
    if not 2 <= len(names) <= 7 or not capital:
        return 0.0
    matched = sum(
        1 for word in names if len(word) > 2 and any(word in one or one in word for one in account if len(one) > 2)
    )
    kind = kind_of(part, tags)
    score = 1.0 + 1.2 * min(matched, 2)
    if kind in {"title", "degree", "company", "school"}:
        score -= 2.0
    if kind == "place":
        score -= 1.5
    if any(tag.kind == "skill" for tag in tags.of(part.line, part.start, part.end)):
        score -= 1.0
    if len(names) >= 3:
        score += 0.5
    return score


def _with_next_line(document: Document, found: Found, tags: Tags, account: list[str]) -> Found:
    """Join a name that stands in two lines: "JUAN CARLOS" / "PÉREZ GÓMEZ"."""
    long = len(found.value.split()) > 2
    if len(found.value.split()) > 4:
        return found
    lines = [line for line in document.lines if line.page == 1]
    at = next((number for number, line in enumerate(lines) if line.start == found.span.start), None)
    if at is None or found.span.end - found.span.start != len(lines[at].text):
        return found
    for other in (at + 1, at - 1):
        if 0 <= other < len(lines) and abs(lines[other].size - lines[at].size) < 0.5 and lines[at].size > 0:
            text = lines[other].text.strip()
            # A long name goes on only with a surname's particle: "de la" + "Cruz".
            if long and (other < at or not pattern("particle").fullmatch(folded(text.split()[0]))):
                continue
            single = re.fullmatch(r"[^\W\d_]+(?: [^\W\d_]+){0,3}", text)
            part = Part(lines[other], 0, len(lines[other].text))
            same_looks = lines[other].bold == lines[at].bold and lines[other].lane == lines[at].lane
            usual = max((line.size for line in lines), default=0.0) * 0.9 <= lines[at].size
            if single and same_looks and usual and not section_of(text) and kind_of(part, tags) == "":
                pair = (lines[at], lines[other]) if other > at else (lines[other], lines[at])
                value = _tidy(f"{pair[0].text.strip()} {pair[1].text.strip()}")
                span = pair[0].found(0, len(pair[0].text), found.confidence).span
                end = pair[1].start + len(pair[1].text)
                return Found(value, type(span)(span.page, span.start, end), found.confidence)
    return found


def _tidy(text: str) -> str:
    text = " ".join(text.split()).strip(" .,:;|-–")
    return capitalised(_untitled(text))


def _untitled(name: str) -> str:
    """Leave "Lic." and its kin out."""
    title = pattern("academic_title").match(folded(name))
    return name[title.end() :] if title else name


def _parts_of_name(name: Found) -> tuple[Found | None, Found | None, Found | None]:
    try:
        full = parse_full_name(name.value)
    except FieldInvalid:
        return None, None, None
    sure = min(name.confidence, 0.85)
    made = [
        Found(text, name.span, sure) if text else None
        for text in (full.first_name, full.last_name, full.second_last_name)
    ]
    return made[0], made[1], made[2]


def _location(document: Document, sections: Sections, tags: Tags, name: Found | None) -> Found | None:
    lines = [*sections.of("contact"), *sections.head, *sections.of("summary")]
    for line in [*lines, *document.lines]:
        role, begin = label(line.text, OF_PEOPLE)
        if role == "address" and begin < len(line.text):
            return line.found(begin, len(line.text), 0.95)
    for at, line in enumerate(document.lines):
        if label(line.text, OF_PEOPLE)[0] == "address" and at + 1 < len(document.lines):
            return document.lines[at + 1].found(0, len(document.lines[at + 1].text), 0.85)
    for line in lines:
        if label(line.text, OF_PEOPLE)[0] in {"name", "surname", "private"}:
            continue
        spot = _place_in(line, tags)
        # Surnames are towns too.
        if spot is not None and not (name is not None and _overlap(line, spot, name)):
            return _trimmed(line, *spot)
    return None


def _trimmed(line: Line, start: int, end: int) -> Found:
    """Leave out an icon or "Vivo en" before a place, and the full stop of a sentence behind it."""
    icon = re.match(r"[^\w#]+", line.text[start:end])
    start += icon.end() if icon else 0
    low = folded(line.text)
    lead = next((phrase for phrase in words()["labels"]["address"] if low.startswith(f"{phrase} ", start)), "")
    if lead.endswith((" en", " in")):
        start += len(lead) + 1
        end -= line.text[start:end].endswith(".")
    return line.found(start, end, 0.85)


def _overlap(line: Line, spot: tuple[int, int], found: Found) -> bool:
    span = found.span
    return line.page == span.page and line.start + spot[0] < span.end and span.start < line.start + spot[1]


def _place_in(line: Line, tags: Tags) -> tuple[int, int] | None:
    """Return the part of a line that is a place: from its first piece of an address to its last town or state."""
    if len(line.text.split()) > 22:
        return None
    position = 0
    for piece in re.finditer(r"(?:(?!\s[—–/-]\s)[^\t|•·●;])+", line.text):
        position, end = piece.span()
        text = piece.group()
        places = [tag for tag in tags.of(line, position, end) if tag.kind == "place"]
        if not places or ("@" in text and not _MAIL.search(text)):
            continue
        start, last = _without_reach(line.text, position, end)
        places = [tag for tag in places if start <= tag.start and tag.end <= last]
        if not places:
            continue
        inside = line.text[start:last]
        kind = kind_of(Part(line, start, last), tags)
        address = bool(pattern("address").search(normalise(inside)))
        if kind == "place" or address or (kind == "" and len(inside.split()) <= 8):
            return start, last
    return None


def _without_reach(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out a mail, a phone or a link that shares the piece with the place, by commas and dashes."""
    for kind in (_MAIL, _LINK, _PHONE):
        for match in kind.finditer(text, start, end):
            before, after = text[start : match.start()].strip(" ,-–/"), text[match.end() : end].strip(" ,-–/")
            if len(before) >= len(after):
                end = start + len(text[start : match.start()].rstrip(" ,-–/"))
            else:
                start = end - len(text[match.end() : end].lstrip(" ,-–/"))
    return start, end

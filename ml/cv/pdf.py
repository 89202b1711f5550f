"""The words of a PDF and their places: PDFium first; pdfminer.six where PDFium finds the file or its text broken.

Runs only inside the sandbox (`sandbox.py`): both are given what strangers send. No script of a PDF is ever run: PDFium
is built without JavaScript, pdfminer knows none, and no form is initialised.
"""

from __future__ import annotations

import ctypes
import io
from collections.abc import Iterator

from huntred.cv.errors import CvDamaged, CvIsPicture, CvLocked, CvTooLong
from ml.cv.bounds import MAX_CHARACTERS, MAX_PAGES
from ml.cv.document import Line
from ml.cv.layout import Word, arrange

# Fewer letters than these on all pages: a scan with a stamp, not a text.
_TEXT_AT_LEAST = 60


def lines(content: bytes) -> list[Line]:
    """Return the lines in reading order. Raises CvLocked, CvTooLong, CvIsPicture, CvDamaged."""
    try:
        pages = _by_pdfium(content)
    except CvDamaged:
        pages = _by_pdfminer(content)
    else:
        if _unreadable(pages):
            pages = _by_pdfminer(content)
    if sum(len(word.text) for page in pages for word in page) < _TEXT_AT_LEAST or _unreadable(pages):
        raise CvIsPicture
    return list(arrange(pages))


def _unreadable(pages: list[list[Word]]) -> bool:
    """Whether most letters are of no alphabet: a font whose table of characters is missing."""
    text = "".join(word.text for page in pages for word in page)
    known = sum(1 for character in text if character.isprintable() and not "\ue000" <= character <= "\uf8ff")
    return bool(text) and known < 0.7 * len(text)


def _by_pdfium(content: bytes) -> list[list[Word]]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise CvLocked from error
        raise CvDamaged from error
    try:
        if len(document) > MAX_PAGES:
            raise CvTooLong
        pages: list[list[Word]] = []
        left = MAX_CHARACTERS
        for number in range(len(document)):
            page = document[number]
            pages.append(list(_words(page, left)))
            left -= sum(len(word.text) for word in pages[-1])
            page.close()
        return pages
    except pypdfium2.PdfiumError as error:
        raise CvDamaged from error
    finally:
        document.close()


def _words(page: object, most: int) -> Iterator[Word]:
    """Yield the words of a page, from PDFium's characters; y grows downwards."""
    from pypdfium2 import raw

    height = page.get_height()  # type: ignore[attr-defined]
    text_page = page.get_textpage()  # type: ignore[attr-defined]
    handle = text_page.raw
    count = raw.FPDFText_CountChars(handle)
    if count > most:
        raise CvTooLong
    loose = raw.FS_RECTF()
    letters: list[str] = []
    box = [0.0, 0.0, 0.0, 0.0]
    size, bold = 0.0, False
    for index in range(count):
        code = raw.FPDFText_GetUnicode(handle, index)
        character = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " "
        blank = character.isspace() or code in (0, 0xFFFE, 0xFFFF, 2)
        if blank:
            # PDFium writes U+0002 (or U+FFFE) for a hyphen at a line's end.
            if letters and code in (2, 0xFFFE):
                letters.append("-")
            if letters:
                yield Word("".join(letters), box[0], box[1], box[2], box[3], size, bold)
                letters = []
            continue
        # The loose box goes from the font's ascent to its descent, so that all letters of a line stand level.
        raw.FPDFText_GetLooseCharBox(handle, index, loose)
        x0, x1, y0, y1 = loose.left, loose.right, height - loose.top, height - loose.bottom
        if letters and (x0 - box[2] > max(size, 4) * 1.2 or x0 < box[0] - 2 or y0 > box[3] or y1 < box[1]):
            yield Word("".join(letters), box[0], box[1], box[2], box[3], size, bold)
            letters = []
        if not letters:
            box = [x0, y0, x1, y1]
            # PDFium's own font size leaves the page's scale out.
            size = max(2.0, round(abs(y1 - y0) / 1.17, 1))
            bold = _is_bold(raw, handle, index)
        letters.append(character)
        box = [min(box[0], x0), min(box[1], y0), max(box[2], x1), max(box[3], y1)]
    if letters:
        yield Word("".join(letters), box[0], box[1], box[2], box[3], size, bold)
    text_page.close()


def _is_bold(raw: object, handle: object, index: int) -> bool:
    if raw.FPDFText_GetFontWeight(handle, index) >= 600:  # type: ignore[attr-defined]
        return True
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    raw.FPDFText_GetFontInfo(handle, index, name, 128, flags)  # type: ignore[attr-defined]
    return any(mark in name.value.lower() for mark in (b"bold", b"black", b"heavy", b"semibold"))


def _by_pdfminer(content: bytes) -> list[list[Word]]:
    from pdfminer.high_level import extract_pages
    from pdfminer.layout import LAParams, LTChar, LTTextContainer, LTTextLine
    from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
    from pdfminer.pdfexceptions import PDFException
    from pdfminer.psparser import PSException

    pages: list[list[Word]] = []
    left = MAX_CHARACTERS
    try:
        for layout in extract_pages(io.BytesIO(content), laparams=LAParams(boxes_flow=None)):
            if len(pages) == MAX_PAGES:
                raise CvTooLong
            words: list[Word] = []
            for block in layout:
                for line in block if isinstance(block, LTTextContainer) else ():
                    if not isinstance(line, LTTextLine):
                        continue
                    letters: list[LTChar] = []
                    for item in [*line, None]:
                        if isinstance(item, LTChar) and not item.get_text().isspace():
                            letters.append(item)
                        elif letters:
                            first = letters[0]
                            words.append(
                                Word(
                                    "".join(letter.get_text() for letter in letters),
                                    first.x0, layout.height - first.y1, letters[-1].x1, layout.height - first.y0,
                                    first.size, "bold" in first.fontname.lower(),
                                )
                            )  # fmt: skip
                            letters = []
            left -= sum(len(word.text) for word in words)
            if left < 0:
                raise CvTooLong
            pages.append(words)
    except (PDFPasswordIncorrect, PDFEncryptionError) as error:
        raise CvLocked from error
    # pdfminer answers damaged files with whatever Python raises on the way.
    except (
        PDFException,
        PSException,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        RecursionError,
    ) as error:
        raise CvDamaged from error
    if not pages:
        raise CvDamaged
    return pages

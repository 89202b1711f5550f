"""Files that mean harm, or cannot be read: a clear error each, and the next file is read as if nothing had been."""

from __future__ import annotations

import faulthandler
import io
import json
import os
import subprocess
import sys
import textwrap
import time
import zipfile
from datetime import date
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from huntred.cv.errors import (
    CvDamaged,
    CvIsPicture,
    CvKindUnknown,
    CvLocked,
    CvRefused,
    CvTooLarge,
    CvTooLong,
)
from ml.cv import sandbox
from ml.cv.reader import SandboxedCvReader

TODAY = date(2026, 11, 28)
GOOD = (
    "Ana López Ruiz\nana.lopez@example.com\n\nEXPERIENCIA\nChofer\nTransportes Huasteca\n"
    "Ene 2019 - Feb 2020\n- Entregar producto.\n"
).encode()
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(*, pages: int = 1, text: str = "Experiencia laboral: chofer de reparto en Monterrey, Nuevo León", **options: object) -> bytes:
    content = io.BytesIO()
    canvas = Canvas(content, **options)
    for _ in range(pages):
        for line in range(3):
            canvas.drawString(60, 700 - 20 * line, text)
        canvas.showPage()
    canvas.save()
    return content.getvalue()


def docx(document: str, **more: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("word/document.xml", document)
        for name, data in more.items():
            archive.writestr(f"word/{name}.xml", data)
    return content.getvalue()


def body(text: str) -> str:
    return f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>'


def picture_pdf() -> bytes:
    content = io.BytesIO()
    canvas = Canvas(content)
    canvas.rect(50, 50, 400, 600, fill=1)
    canvas.save()
    return content.getvalue()


def entities() -> str:
    grown = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    return f'<!DOCTYPE w [<!ENTITY a0 "aaaaaaaaaa">{grown}]>' + body("&a11;")


HOSTILE: list[tuple[str, object, type[CvRefused]]] = [
    ("a program renamed to CV.pdf", b"MZ\x90\x00" + bytes(200), CvKindUnknown),
    ("a script renamed", b"#!/bin/sh\nrm -rf /\n" + b"echo\n" * 40, CvKindUnknown),
    ("a page of the web", b"<html><script>alert(1)</script>" + b"x" * 100, CvKindUnknown),
    ("a photo renamed", b"\xff\xd8\xff\xe0" + bytes(400), CvIsPicture),
    ("a picture", b"\x89PNG\r\n\x1a\n" + bytes(400), CvIsPicture),
    ("a scan", picture_pdf, CvIsPicture),
    ("a locked PDF", lambda: pdf(encrypt=StandardEncryption("secret", canPrint=0)), CvLocked),
    ("a locked DOCX", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + bytes(600), CvLocked),
    ("an old DOC", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), CvKindUnknown),
    ("sixteen pages", lambda: pdf(pages=16), CvTooLong),
    ("an end missing", lambda: pdf()[:300], CvDamaged),
    ("nothing of a PDF but its name", b"%PDF-1.7\n" + bytes(range(256)) * 20, CvDamaged),
    ("another archive", lambda: docx("").replace(b"word/document.xml", b"word/d0cument.xml"), CvKindUnknown),
    ("a bomb", lambda: docx(body("a" * 60_000_000)), CvTooLong),
    ("a bomb of entities", lambda: docx(entities()), CvDamaged),
    ("an archive of garbage", b"PK\x03\x04" + bytes(range(256)) * 8, CvDamaged),
    ("a DOCX of a picture", lambda: docx(body("")), CvIsPicture),
    ("nesting without end", lambda: docx(f'<w:document xmlns:w="{W}">' + "<w:a>" * 100_000 + "</w:a>" * 100_000 + "</w:document>"), CvDamaged),
    ("too large", bytes(9 * 1024 * 1024), CvTooLarge),
    ("empty", b"", CvKindUnknown),
]  # fmt: skip


@pytest.mark.parametrize(("content", "error"), [pytest.param(c, e, id=name) for name, c, e in HOSTILE])
def test_what_cannot_be_read_is_refused_and_harms_nothing(
    reader: SandboxedCvReader, content: object, error: type[CvRefused]
) -> None:
    with pytest.raises(CvRefused) as refused:
        reader.read(content() if callable(content) else content, today=TODAY)  # type: ignore[arg-type]
    assert type(refused.value) is error
    cv = reader.read(GOOD, today=TODAY)
    assert cv.contact.email is not None and cv.contact.email.value == "ana.lopez@example.com"


def test_a_script_in_a_pdf_is_not_run_and_its_text_is_read(reader: SandboxedCvReader) -> None:
    content = pdf().replace(b"/Type /Catalog", b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> /Type /Catalog")
    assert b"JavaScript" in content
    assert "Monterrey" in reader.read(content, today=TODAY).pages[0]


def test_a_sandbox_that_was_ended_is_started_anew(reader: SandboxedCvReader) -> None:
    reader.read(GOOD, today=TODAY)
    assert reader._process is not None
    reader._process.kill()
    reader._process.wait()
    assert reader.read(GOOD, today=TODAY).experience


class Endless:
    def parse(self, document: object, today: date) -> object:
        while True:
            pass


class Greedy:
    def parse(self, document: object, today: date) -> object:
        return [bytearray(64 * 1024 * 1024) for _ in range(100)]


class Crashing:
    def parse(self, document: object, today: date) -> object:
        faulthandler.disable()
        os.abort()


@pytest.mark.parametrize("parser", [Endless(), Greedy(), Crashing()], ids=["endless", "greedy", "crashing"])
def test_a_child_that_does_not_end_well_is_ended(parser: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 2)
    began = time.monotonic()
    answer = json.loads(sandbox._in_child(parser, GOOD, TODAY))
    assert answer["error"] == "cv_damaged"
    # Ended by the wall clock or before it, not by the processor's bound of ten times that.
    assert time.monotonic() - began < sandbox.PROCESSOR_SECONDS


def test_the_confined_can_neither_talk_nor_write_nor_start_anything(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("here")
    script = textwrap.dedent(f"""
        import os, signal, socket, sys
        from ml.cv.sandbox import confine
        confine()
        def tried(what):
            try:
                what()
            except OSError as error:
                return error.errno == 1
            return False
        print(all([
            tried(lambda: socket.socket()),
            tried(lambda: socket.socketpair()),
            tried(os.fork),
            tried(lambda: os.execv("/bin/true", ["true"])),
            tried(lambda: os.kill(os.getppid(), signal.SIGTERM)),
            tried(lambda: open({str(tmp_path / "new")!r}, "w")),
            tried(lambda: open({str(kept)!r}, "w")),
            tried(lambda: os.unlink({str(kept)!r})),
            tried(lambda: os.rename({str(kept)!r}, {str(tmp_path / "moved")!r})),
        ]))
    """)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert done.stdout.strip() == "True"
    assert kept.read_text() == "here" and not (tmp_path / "new").exists()


def test_no_secret_reaches_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    from ml.cv.reader import _environment

    assert not {"DATABASE_URL"} & set(_environment())

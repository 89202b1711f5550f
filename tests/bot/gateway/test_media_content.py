"""What a file is by its content, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.media.addresses import configured_origins, reach
from bot.media.content import LIMITS, judge
from bot.media.errors import MediaGone, MediaRefused
from contract.settings import read_bot_settings
from tests.bot.gateway import files
from tests.bot.gateway.town import environment

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le")


@pytest.mark.parametrize(
    ("content", "found", "family"),
    [
        (files.PNG, "image/png", "image"), (files.JPEG, "image/jpeg", "image"), (files.OGG, "audio/ogg", "audio"),
        (files.MP4, "video/mp4", "video"), (files.PDF, "application/pdf", "document"), (files.DOCX, WORD, "document"),
        (files.ODT, "application/vnd.oasis.opendocument.text", "document"), (files.RTF, "application/rtf", "document"),
        (OLD_WORD, "application/msword", "document"), ("Experiencia: soldador, 5 años".encode(), "text/plain", "document"),
        (b"salario < 20000 y turno > 8 h", "text/plain", "document"),
    ],
)  # fmt: skip
def test_the_content_tells_the_type(tmp_path: Path, content: bytes, found: str, family: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    judged = judge(path, "foto.png")
    assert (judged.content_type, judged.family, judged.marks) == (found, family, ())


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.pdf", "empty"), (files.SVG, "logo.png", "active"), (files.HTML, "cv.pdf", "active"),
        (files.PROGRAM, "cv.pdf", "active"), (b"#!/bin/sh\nrm -rf /", "", "active"), (b"alert(1)", "a.js", "active"),
        (files.DOCM, "cv.docx", "macros"), (b"x", "cv.docm", "macros"), (files.ARCHIVE, "cv.zip", "type"),
        (OLD_WORD + "_VBA_PROJECT".encode("utf-16-le"), "cv.doc", "macros"), (bytes(50), "x.bin", "type"),
        (b"{\\rtf1{\\object\\objdata 0105}}", "cv.rtf", "active"), (files.PDF_THAT_LAUNCHES, "cv.pdf", "active"),
        (b"hola " * 60_000 + b"<ScRiPt>x</script>", "cv.txt", "active"),
        (files.packed("mimetype", "Basic/x", mimetype=""), "a.odt", "type"),
    ],
)  # fmt: skip
def test_what_may_do_something_is_refused(tmp_path: Path, content: bytes, name: str, code: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(MediaRefused) as refused:
        judge(path, name)
    assert refused.value.code == code


def test_a_pdf_with_javascript_is_kept_and_marked(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(files.PDF_WITH_SCRIPT)
    assert judge(path, "cv.pdf").marks == ("javascript",)


def test_nothing_hides_on_a_seam_of_the_pieces(tmp_path: Path) -> None:
    path = tmp_path / "x"
    for shift in range(14):
        filler = b"a" * ((1 << 18) - shift)
        path.write_bytes(b"%PDF-1.4\n" + filler[9:] + b"/JavaScript (x)")
        assert judge(path).marks == ("javascript",), shift


def test_a_picture_has_a_pictures_limit_whatever_it_came_as(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(files.PNG + bytes(LIMITS["image"]))
    with pytest.raises(MediaRefused) as refused:
        judge(path, "cv.pdf")
    assert refused.value.code == "too_big"


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x", "https://localhost/x", "https://10.0.0.8/x", "https://169.254.169.254/latest/meta-data",
        "https://[::1]/x", "https://[::ffff:10.0.0.1]/x", "https://[64:ff9b::a00:1]/x", "https://0.0.0.0/x",
        "https://2130706433/x", "http://93.184.216.34/x", "file:///etc/passwd", "https://a:b@93.184.216.34/", "", "x",
        "https://127.0.0.1:8090/x", "http://127.0.0.1:8091/x", "https://[::1",
    ],
)  # fmt: skip
async def test_private_addresses_are_not_fetched(url: str) -> None:
    with pytest.raises(MediaGone):
        await reach(url, frozenset({"http://127.0.0.1:8090"}))


async def test_a_public_address_is_pinned_and_a_configured_one_is_taken_as_it_is() -> None:
    public = await reach("https://93.184.216.34/a?b=c", frozenset())
    assert (public.url, public.host, public.configured) == ("https://93.184.216.34/a?b=c", "93.184.216.34", False)
    settings = read_bot_settings(
        environment("postgresql://x:y@127.0.0.1:1/z", 1, WHATSAPP_API_URL="http://127.0.0.1:8090")
    )
    origins = configured_origins(settings)
    assert "https://api.telegram.org:443" in origins
    own = await reach("http://127.0.0.1:8090/whatsapp-media/x", origins)
    assert own.configured and own.url == "http://127.0.0.1:8090/whatsapp-media/x"

"""Small real files of each kind, and some that must not be kept."""

from __future__ import annotations

import base64
import io
import zipfile

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
JPEG = base64.b64decode("/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////2Q==")
OGG = b"OggS\x00\x02" + bytes(20) + b"\x01\x13OpusHead\x01\x01" + bytes(64)
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(64)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PDF_WITH_SCRIPT = PDF.replace(b"/Type/Catalog", b"/Type/Catalog/OpenAction<</S/J#61vaScript/JS(app.alert)>>")
PDF_THAT_LAUNCHES = PDF.replace(b"/Type/Catalog", b"/Type/Catalog/OpenAction<</S/Launch/F(a.exe)>>")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"\n\n  <!-- cv -->\n<html><body>hola</body></html>"
PROGRAM = b"MZ\x90\x00" + bytes(200)
RTF = b"{\\rtf1\\ansi Curriculum}"


def packed(*members: str, mimetype: str = "") -> bytes:
    """A zip with these members, as office programs write them."""
    made = io.BytesIO()
    # Without today's date: tests are named by their bytes, and every worker has to find the same.
    with zipfile.ZipFile(made, "w") as archive:
        if mimetype:
            archive.writestr(zipfile.ZipInfo("mimetype"), mimetype)
        for member in members:
            archive.writestr(zipfile.ZipInfo(member), "x")
    return made.getvalue()


DOCX = packed("[Content_Types].xml", "word/document.xml")
DOCM = packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")
ODT = packed("content.xml", mimetype="application/vnd.oasis.opendocument.text")
ARCHIVE = packed("cv.pdf", "virus.txt")

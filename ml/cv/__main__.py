"""`python -m ml.cv FILE`: a CV's fields as JSON (see `ml/cv/__init__.py` for their shape)."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path

from huntred.clock import utc_now
from huntred.cv.errors import CvReaderBusy, CvRefused
from ml.cv.reader import SandboxedCvReader
from ml.cv.wire import plain


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m ml.cv", description="Print the fields of a CV as JSON.")
    parser.add_argument("file", type=Path, help="a PDF, a DOCX or a plain text")
    parser.add_argument(
        "--today", type=date.fromisoformat, default=utc_now().date(), help="until when current jobs last"
    )
    asked = parser.parse_args()
    try:
        content = asked.file.read_bytes()
    except OSError as error:
        sys.stderr.write(f"{asked.file}: {error.strerror}\n")
        return 2
    reader = SandboxedCvReader()
    try:
        said: dict[str, object] = plain(reader.read(content, today=asked.today))
        status = 0
    except (CvRefused, CvReaderBusy) as error:
        said, status = {"error": error.code, "message": (type(error).__doc__ or error.code).strip()}, 1
    finally:
        reader.close()
    sys.stdout.write(json.dumps(said, ensure_ascii=False, indent=2) + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())

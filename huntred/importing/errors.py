"""What can be refused of a file that is to be imported."""

from __future__ import annotations

from huntred.errors import RuleBroken


class FileTooLarge(RuleBroken):
    """More bytes, rows, columns or unpacked content than a list of vacancies needs."""

    code = "import_too_large"


class FileUnreadable(RuleBroken):
    """Neither CSV nor XLSX, damaged, or with content that no spreadsheet writes."""

    code = "import_unreadable"


class FileEmpty(RuleBroken):
    """No heads, or no row below them."""

    code = "import_empty"


class ImportOver(RuleBroken):
    """It was imported already, or its preview is no longer kept."""

    code = "import_over"


class MailOver(RuleBroken):
    """Somebody decided about this mail already, or nothing of it is kept that could be read."""

    code = "import_mail_over"


class DraftIncomplete(RuleBroken):
    """What a mail tells is not enough for a vacancy yet."""

    code = "import_incomplete"


class RowsFaulty(RuleBroken):
    """Rows have faults, and nobody said that they are to be left out."""

    code = "import_rows_faulty"


class PageUnreadable(RuleBroken):
    """A job page that could not be fetched or holds no vacancy. problem: a code of texts.html's `page_problems`."""

    code = "import_page_unreadable"

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)

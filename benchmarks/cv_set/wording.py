"""How a layout words dates, headings and labels; the words stand in careers.yml."""

from __future__ import annotations

from typing import Any

from benchmarks.cv_set.truth import WRITTEN, Job, Month, Person, texts


class Wording:
    """The words of one CV. variant: which of the usual headings it takes."""

    def __init__(self, person: Person, variant: int) -> None:
        self._words: dict[str, Any] = texts()["words"][person.language]
        self._headings: dict[str, list[str]] = texts()["headings"][person.language]
        self._variant = variant

    def heading(self, section: str) -> str:
        return self._headings[section][self._variant % 5]

    def word(self, name: str) -> str:
        return str(self._words[name])

    def present(self) -> str:
        return str(self._words["present"][self._variant % 5])

    def month(self, month: Month, style: str) -> str:
        """style: short "Ene 2019", dotted "ene. 2019", long "enero de 2019", numbers "01/2019", year "2019"."""
        short, long = self._words["months_short"][month.month - 1], self._words["months"][month.month - 1]
        return {
            "short": f"{short.capitalize()} {month.year}",
            "dotted": f"{short}. {month.year}",
            "long": f"{long} {month.year}" if self._words["at"] == "at" else f"{long} de {month.year}",
            "numbers": f"{month.month:02}/{month.year}",
            "year": f"{month.year}",
            "dashed": f"{short.capitalize()}-{month.year % 100:02}",
        }[style]

    def period(self, job: Job, style: str, between: str = " – ") -> str:
        end = self.month(job.end, style) if job.end else self.present()
        return f"{self.month(job.start, style)}{between}{end}"

    def lasted(self, job: Job) -> str:
        """As LinkedIn writes it: "2 años 3 meses"."""
        months = (job.end or Month(*WRITTEN)).count - job.start.count + 1
        years, rest = divmod(months, 12)
        said = []
        if years:
            said.append(f"{years} {self._words['year'][years != 1]}")
        if rest:
            said.append(f"{rest} {self._words['month'][rest != 1]}")
        return " ".join(said)


def spaced_phone(digits: str) -> str:
    """Write a Mexican number as people do: "55 1234 5678" or "442 123 4567"."""
    if digits[:2] in {"55", "33", "81"}:
        return f"{digits[:2]} {digits[2:6]} {digits[6:]}"
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"

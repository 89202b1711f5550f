"""The reader of CVs: PDF, DOCX and plain text, in Spanish and English, to fields with their places in the text.

`python -m ml.cv FILE` prints a CV as JSON:

    {"contact": {"name", "first_name", "first_surname", "second_surname", "email", "phone", "location", "links": [..]},
     "summary": "…" | null,
     "experience": [{"employer", "title", "start": "YYYY-MM", "end": "YYYY-MM" | null, "current": bool, "months",
                     "duties": [..]}],
     "education": [{"institution", "degree", "start": "YYYY-MM" | "YYYY", "end"}],
     "languages": [{"language": "es" (ISO 639-1), "name", "level"}],
     "skills": [{"id": of the taxonomy | null, "name", "level", "years", "last_used": "YYYY-MM"}],
     "certifications": [..], "total_months": int,
     "evidence": {"experience[0].title": {"page", "start", "end", "confidence"}, …}}

Anything that is not written is null. A phone is E.164. Where a job's dates are years alone, they are January of the
first and December of the last. months count the first and the last; total_months counts overlaps once. Levels of
languages and skills: native, fluent, advanced, intermediate, basic, or A1 to C2. A skill that a CV lists and the
taxonomy does not know has no id. Where a file cannot be read, the command prints {"error": code, "message": …} and
ends with status 1.

The files: `reader.py` (the port) → `sandbox.py` (a process with bounds) → `files.py` (kind by content) → `pdf.py`,
`docx.py` → `layout.py` (columns) → `document.py` (lines) → `parser.py`: `sections.py`, `tagging.py` (spaCy),
`experience.py`, `education.py`, `contact.py`, `tongues.py`, `skills.py`. The words stand in `words.yml`.
"""

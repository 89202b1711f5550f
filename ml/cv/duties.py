"""What was done in a job: a bullet or a sentence each."""

from __future__ import annotations

from dataclasses import replace

from huntred.cv.ports import Found
from ml.cv.document import Line, Run, paragraphs
from ml.cv.entries import kind_of, parts
from ml.cv.headings import label
from ml.cv.prose import sentence_edges
from ml.cv.tagging import Tags


def duties(lines: list[Line], tags: Tags) -> list[Found]:
    """Return what was done, a bullet or a sentence each."""
    kept: list[Line] = []
    for line in lines:
        role, at = label(line.text)
        if role == "other_job" or role in {"employer", "title", "period", "start", "end"}:
            continue
        if role == "duties":
            if at < len(line.text):
                kept.append(replace(line, text=line.text[at:], start=line.start + at))
            continue
        cut = parts(line, None, tags) if len(line.text.split()) <= 5 else []
        if cut and all(kind_of(part, tags) == "place" for part in cut):
            continue
        if len(line.text.strip()) > 2:
            kept.append(line)
    found: list[Found] = []
    for group in paragraphs(kept):
        run = Run(group)
        # A bullet is one duty, however many sentences it has.
        edges = [(0, len(run.text))] if group[0].bullet else list(sentence_edges(run.text))
        found += [run.found(start, end, 0.8 if len(edges) > 1 else 0.85) for start, end in edges]
    return found

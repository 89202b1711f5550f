"""Sixty generated CVs in twelve layouts: how many fields are read right, and how many CVs a second.

    .venv/app/bin/python -m benchmarks.cv [--each 5] [--seed 1] [--faults LAYOUT]

Four of the layouts were not looked at while the parser was written (`cv_set.HELD_OUT`): their figure stands apart. The
floor of the speed is PDFium's bare text of the same PDFs in this process. `--faults` prints what was read wrong of a
layout's CVs.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import defaultdict
from datetime import date

import pypdfium2

from benchmarks.cv_scores import scores
from benchmarks.cv_set import HELD_OUT, LAYOUTS, samples
from huntred.cv.errors import CvRefused
from ml.cv.reader import SandboxedCvReader

TODAY = date(2026, 11, 28)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", default="")
    asked = parser.parse_args()
    made = [(sample, sample.content()) for sample in samples(each=asked.each, seed=asked.seed)]
    reader = SandboxedCvReader()
    reader.read(made[0][1], today=TODAY)
    by_layout: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    took: list[float] = []
    for sample, content in made:
        began = time.perf_counter()
        try:
            cv = reader.read(content, today=TODAY)
        except CvRefused as error:
            print(f"{sample.filename}: {error.code}")
            continue
        took.append(time.perf_counter() - began)
        found = scores(sample, cv)
        for field, score in found.items():
            by_layout[sample.layout.name][field].append(score)
        if asked.faults == sample.layout.name:
            print(sample.filename, {field: round(score, 2) for field, score in found.items() if score < 1})
    reader.close()
    _report(by_layout)
    pdfs = [content for _, content in made if content.startswith(b"%PDF")]
    began = time.perf_counter()
    for content in pdfs:
        _bare_text(content)
    floor = (time.perf_counter() - began) / len(pdfs)
    each = statistics.mean(took)
    print(f"cvs={len(took)}")
    print(f"cvs_per_second={1 / each:.1f}")
    print(f"milliseconds_p95={1000 * sorted(took)[int(0.95 * (len(took) - 1))]:.0f}")
    print(f"floor_bare_text_ms={1000 * floor:.1f}")
    print(f"times_the_floor={each / floor:.1f}")


def _report(by_layout: dict[str, dict[str, list[float]]]) -> None:
    fields = list(dict.fromkeys(field for scored in by_layout.values() for field in scored))
    for field in fields:
        shown = [
            statistics.mean(by_layout[layout.name][field]) for layout in LAYOUTS if by_layout[layout.name].get(field)
        ]
        print(f"{field:16} " + " ".join(f"{score:.2f}" for score in shown) + f"  mean {statistics.mean(shown):.3f}")
    means = {
        name: statistics.mean(statistics.mean(values) for values in scored.values())
        for name, scored in by_layout.items()
    }
    for name, mean in means.items():
        print(f"layout_{name}={mean:.3f}" + ("  (held out)" if name in HELD_OUT else ""))
    seen = [mean for name, mean in means.items() if name not in HELD_OUT]
    held = [mean for name, mean in means.items() if name in HELD_OUT]
    print(f"accuracy_seen={statistics.mean(seen):.3f}")
    print(f"accuracy_held_out={statistics.mean(held):.3f}")


def _bare_text(content: bytes) -> int:
    document = pypdfium2.PdfDocument(content)
    letters = sum(len(document[number].get_textpage().get_text_bounded()) for number in range(len(document)))
    document.close()
    return letters


if __name__ == "__main__":
    main()

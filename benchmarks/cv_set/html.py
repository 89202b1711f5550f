"""Layouts that a designer's template or a word processor's export would give: HTML printed by WeasyPrint."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from benchmarks.cv_set.truth import Person
from benchmarks.cv_set.wording import Wording, spaced_phone


def classic(person: Person, number: int) -> bytes:
    """One column; the title in bold, the employer in italics with the dates at the right edge."""
    say = Wording(person, number)
    jobs = "".join(
        f"<div class=job><div class=row><b>{escape(job.title)}</b><span>{say.period(job, 'short')}</span></div>"
        f"<i>{escape(job.employer)}</i>{_points(job.duties)}</div>"
        for job in person.jobs
    )
    studies = "".join(
        f"<div class=job><div class=row><b>{escape(one.degree)}</b><span>{one.start} – {one.end}</span></div>"
        f"<i>{escape(one.institution)}</i></div>"
        for one in person.studies
    )
    parts = [
        (say.heading("summary"), f"<p>{escape(person.summary)}</p>"),
        (say.heading("experience"), jobs),
        (say.heading("education"), studies),
        (say.heading("skills"), f"<p>{escape(', '.join(person.skills))}</p>"),
        (say.heading("languages"), _points(f"{one.name}: {one.level}" for one in person.languages)),
    ]
    if person.certifications:
        parts.append((say.heading("certifications"), _points(person.certifications)))
    body = "".join(f"<h2>{escape(title)}</h2>{content}" for title, content in parts)
    contact = f"{escape(person.location)} | {spaced_phone(person.phone)} | {person.email} | {person.link}"
    style = "h1{margin:0;font-size:20pt} h2{border-bottom:1px solid #333;font-size:13pt;margin:12px 0 4px}"
    return _print(f"<h1>{escape(person.name)}</h1><p>{contact}</p>{body}", style)


def sidebar_left(person: Person, number: int) -> bytes:
    """A dark bar at the left with contact, skills and languages; the story at the right."""
    say = Wording(person, number + 1)
    bar = (
        f"<h2>{say.heading('contact')}</h2><p>+52 {spaced_phone(person.phone)}<br>{person.email}<br>"
        f"{escape(person.location)}<br>{person.link}</p>"
        f"<h2>{say.heading('skills')}</h2>{_points(person.skills)}"
        f"<h2>{say.heading('languages')}</h2>{_points(f'{one.name} ({one.level})' for one in person.languages)}"
    )
    if person.certifications:
        bar += f"<h2>{say.heading('certifications')}</h2>{_points(person.certifications)}"
    jobs = "".join(
        f"<h3>{escape(job.title)}</h3><div>{escape(job.employer)} | {say.period(job, 'dotted', ' - ')}</div>"
        f"{_points(job.duties)}"
        for job in person.jobs
    )
    studies = "".join(
        f"<h3>{escape(one.degree)}</h3><div>{escape(one.institution)} | {one.start}-{one.end}</div>"
        for one in person.studies
    )
    main = (
        f"<h1>{escape(person.name)}</h1><p class=of>{escape(person.jobs[0].title)}</p>"
        f"<h2>{say.heading('summary')}</h2><p>{escape(person.summary)}</p>"
        f"<h2>{say.heading('experience')}</h2>{jobs}<h2>{say.heading('education')}</h2>{studies}"
    )
    style = (
        "@page{size:Letter;margin:0} body{margin:0} .bar{position:absolute;left:0;top:0;width:5.4cm;height:27.9cm;"
        "background:#23395b;color:#fff;padding:1cm .5cm;box-sizing:border-box;font-size:9pt} .bar ul{padding-left:12px}"
        ".main{margin:1cm 1cm 1cm 6.2cm} h2{text-transform:uppercase;font-size:11pt} h3{margin:6px 0 0;"
        "font-size:10.5pt}"
    )
    return _print(f"<div class=bar>{bar}</div><div class=main>{main}</div>", style)


def europass(person: Person, number: int) -> bytes:
    """A narrow column of labels and dates at the left of everything, as the European form has it."""
    say = Wording(person, number + 3)
    rows = [
        ("", f"<b>{say.word('curriculum')}</b>"),
        (say.heading("contact"), ""),
        (say.word("name"), escape(person.name)),
    ]
    rows += [(say.word("address"), escape(person.location)), (say.word("phone"), f"(+52) {spaced_phone(person.phone)}")]
    rows += [(say.word("mail"), person.email), (say.heading("summary"), escape(person.summary))]
    rows.append((f"<b>{say.heading('experience')}</b>", ""))
    for job in person.jobs:
        told = f"<b>{escape(job.title)}</b><br>{escape(job.employer)}{_points(job.duties)}"
        rows.append((say.period(job, "numbers", " – "), told))
    rows.append((f"<b>{say.heading('education')}</b>", ""))
    rows += [
        (f"{one.start} – {one.end}", f"<b>{escape(one.degree)}</b><br>{escape(one.institution)}")
        for one in person.studies
    ]
    rows.append((f"<b>{say.heading('languages')}</b>", ""))
    rows += [(escape(one.name), escape(one.level)) for one in person.languages]
    rows.append((f"<b>{say.heading('skills')}</b>", _points(person.skills)))
    if person.certifications:
        rows.append((f"<b>{say.heading('certifications')}</b>", _points(person.certifications)))
    body = "".join(f"<tr><td class=label>{label}</td><td>{content}</td></tr>" for label, content in rows)
    style = (
        "table{width:100%} td{vertical-align:top;padding:3px 6px} .label{width:4.6cm;text-align:right;"
        "color:#16407c} ul{margin:2px 0}"
    )
    return _print(f"<table>{body}</table>", style)


def sidebar_right(person: Person, number: int) -> bytes:
    """Modern and in English: the story at the left, a light bar at the right, years alone as dates."""
    say = Wording(person, number)
    jobs = "".join(
        f"<h3>{escape(job.employer.upper())}</h3><div><i>{escape(job.title)}</i>, {say.period(job, 'year', '-')}</div>"
        f"{_points(job.duties)}"
        for job in person.jobs
    )
    main = f"<h2>{say.heading('summary')}</h2><p>{escape(person.summary)}</p><h2>{say.heading('experience')}</h2>{jobs}"
    bar = (
        f"<h2>{say.heading('contact')}</h2><p>{person.email}<br>+52 {spaced_phone(person.phone)}"
        f"<br>{escape(person.location)}<br>https://www.{person.link}</p><h2>{say.heading('education')}</h2>"
    )
    bar += "".join(
        f"<p><b>{escape(one.degree)}</b><br>{escape(one.institution)}<br>{one.start} - {one.end}</p>"
        for one in person.studies
    )
    bar += f"<h2>{say.heading('skills')}</h2><p>{' • '.join(escape(one) for one in person.skills)}</p>"
    bar += f"<h2>{say.heading('languages')}</h2><p>"
    bar += "<br>".join(f"{escape(one.name)} — {escape(one.level)}" for one in person.languages) + "</p>"
    if person.certifications:
        bar += f"<h2>{say.heading('certifications')}</h2>{_points(person.certifications)}"
    style = (
        ".main{float:left;width:11.2cm} .bar{float:right;width:5.8cm;background:#eef} h1{text-align:center;"
        "text-transform:uppercase} h2{font-size:12pt;color:#067} h3{margin:6px 0 0;font-size:10pt}"
    )
    return _print(f"<h1>{escape(person.name)}</h1><div class=main>{main}</div><div class=bar>{bar}</div>", style)


def _points(texts: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in texts) + "</ul>"


def _print(body: str, style: str) -> bytes:
    base = (
        "@page{size:Letter;margin:1.8cm} body{font-family:'DejaVu Sans';font-size:9.5pt} "
        "ul{margin:3px 0;padding-left:18px}"
        ".row{display:flex;justify-content:space-between} .job{margin-bottom:6px}"
    )
    # Needs Pango: only who draws these layouts has to have it.
    from weasyprint import HTML

    content = HTML(string=f"<html lang=es><style>{base}{style}</style><body>{body}</body></html>").write_pdf()
    assert isinstance(content, bytes)
    return content

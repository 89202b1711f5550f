"""What a fresh installation says and sends in the name of each unit: whole, lawful for its channels, renderable."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from contract.languages import language_of
from contract.text import normalise
from huntred.notifications.mail import RenderedMail, render_mail, written_in
from huntred.notifications.templates import CODES
from huntred.units.models import Unit
from tests.factories.texts import read_yaml

SEED = Path(__file__).resolve().parents[3] / "huntred" / "units" / "seed"
UNITS = ["amigro", "huntu", "huntred", "huntred_executive", "huntred_solutions", "sexsi", "milkyleak"]
STAGES = {"new", "screening", "interview", "offer", "hired", "rejected", "withdrawn"}
TEMPLATES = [
    "recordatorio_entrevista", "entrevista_confirmada", "entrevista_cambio", "entrevista_cancelada", "entrevista_propuesta",
    "nueva_oportunidad", "nueva_posicion", "registro", "retomar_conversacion", "contacto_socio", "aviso_entrevistador",
    "asistencia_confirmada", "resultado_postulacion",
]  # fmt: skip
# Of units that ask for it.
OF_PERMITS = "permiso_por_vencer"
OF_PROFILES, OF_REWARDS = "completar_perfil", "recompensa"
OF_MENTORS = ("mentoria_confirmada", "mentoria_recordatorio", "mentoria_sin_lugar", "mentoria_cancelada")
OF_DISCLOSURES = ("busqueda_confidencial", "nombres_abiertos")
OF_REFERENCES = "referencias"
PARAMETER = re.compile(r"\{\{(\d+)\}\}")


def load(*parts: str) -> Any:
    return read_yaml(SEED.joinpath(*parts))


def unit_of(code: str) -> dict[str, Any]:
    row: dict[str, Any] = load(code, "unit.yml")
    return row


def luminance(colour: str) -> float:
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("code", UNITS)
class TestUnit:
    def test_code_is_its_folder(self, code: str) -> None:
        assert unit_of(code)["code"] == code

    def test_colours_can_be_read(self, code: str) -> None:
        colours = unit_of(code)["settings"]["colours"]
        assert contrast(colours["light"], "#ffffff") >= 4.5
        assert contrast(colours["dark"], "#111827") >= 4.5

    def test_stages_are_typed_and_differ(self, code: str) -> None:
        stages = unit_of(code)["stages"]
        assert len({stage["name"] for stage in stages}) == len(stages)
        assert {stage["kind"] for stage in stages} == (set() if code == "sexsi" else STAGES)

    def test_addresses_are_reserved_ones(self, code: str) -> None:
        text = (SEED / code / "unit.yml").read_text(encoding="utf-8")
        assert all(host.endswith("example.mx") for host in re.findall(r"@([\w.-]+)", text))

    def test_privacy_notice_names_law_data_purposes_and_rights(self, code: str) -> None:
        notice = (SEED / code / "privacy.md").read_text(encoding="utf-8")
        unit = unit_of(code)
        assert f"Versión {unit['privacy_version']}" in notice
        assert unit["name"] in notice
        for needed in (
            "Ley Federal de Protección de Datos Personales",
            "Qué datos",
            "Para qué",
            "ARCO",
            "privacidad@",
        ):
            assert needed in notice
        assert ("dato sensible" in notice) == (code == "sexsi")


def test_reasons_have_a_message_in_both_forms_of_address_that_fits_a_template() -> None:
    reasons = load("shared", "reject_reasons.yml")["reject_reasons"]
    assert len({reason["name"] for reason in reasons}) == len(reasons) >= 5
    familiar = re.compile(r"\b(tú|tus?|te|ti|contigo|escríbenos|cuéntanos|puedes|tienes)\b", re.IGNORECASE)
    for reason in reasons:
        for form, message in reason["message"].items():
            assert len(message) <= 600
            assert "{puesto}" in message
            assert bool(familiar.search(message)) == (form == "tu"), reason["name"]


@pytest.mark.parametrize("language", ["en", "fr", "ht", "pt"])
def test_each_reason_s_message_is_there_in_each_language_and_tells_it(language: str) -> None:
    """By its own words, which choose the template that it goes out in."""
    told = load("shared", f"reject_reasons.{language}.yml")["reject_reasons"]
    assert [one["name"] for one in told] == [one["name"] for one in load("shared", "reject_reasons.yml")["reject_reasons"]]
    for reason in told:
        assert len(reason["message"]) <= 600 and "{puesto}" in reason["message"]
        assert language_of(reason["message"].replace("{puesto}", "Auxiliar de cocina con inglés")) == language, reason


@pytest.mark.parametrize(
    "code", [code for code in UNITS if unit_of(code)["settings"]["form_of_address"] == "usted"]
)
def test_formal_units_never_say_tu(code: str) -> None:
    texts = [
        file
        for file in (SEED / code).rglob("*")
        if file.suffix in (".yml", ".md", ".txt", ".html") and file.name != "unit.yml"
    ]
    familiar = re.compile(r"\b(tú|tus?|te|ti|contigo|escríbenos|puedes|quieres|tienes)\b", re.IGNORECASE)
    said = {file.name: familiar.findall(file.read_text(encoding="utf-8")) for file in texts}
    assert {name: words for name, words in said.items() if words} == {}


def test_sexsi_never_goes_over_whatsapp() -> None:
    assert unit_of("sexsi")["settings"]["channels"] == ["telegram", "web"]
    assert load("sexsi", "templates.yml")["templates"] == []


def test_the_picker_offers_the_five_units_of_the_group_in_order() -> None:
    shown = sorted(
        (unit for unit in map(unit_of, UNITS) if unit["in_picker"]), key=lambda unit: unit["position"]
    )
    assert [unit["code"] for unit in shown] == UNITS[:5]


@pytest.mark.parametrize("code", [code for code in UNITS if code != "sexsi"])
class TestWhatsAppTemplates:
    def test_all_are_there(self, code: str) -> None:
        names = [template["name"] for template in load(code, "templates.yml")["templates"]]
        own = (OF_PERMITS, OF_PROFILES, OF_REWARDS, OF_REFERENCES, *OF_MENTORS, *OF_DISCLOSURES)
        assert [name for name in names if not name.startswith(own)] == [f"{name}_{code}" for name in TEMPLATES]
        assert (f"{OF_PROFILES}_{code}" in names) == unit_of(code)["settings"].get("takes_applications", True)
        assert (f"{OF_REWARDS}_{code}" in names) == (SEED / code / "gains.yml").is_file()
        settings = unit_of(code)["settings"]
        assert {f"{name}_{code}" in names for name in OF_MENTORS} == {bool(settings.get("mentors", False))}
        assert {f"{name}_{code}" in names for name in OF_DISCLOSURES} == {settings.get("takes_applications", True)}
        assert (f"{OF_REFERENCES}_{code}" in names) == bool(settings.get("references", False))
        assert (f"{OF_PERMITS}_{code}" in names) == unit_of(code)["settings"].get("work_permit_asked", False)

    def test_meta_would_take_them(self, code: str) -> None:
        """Parameters count from 1 without a gap, none at an end, none beside another; limits of length."""
        for template in load(code, "templates.yml")["templates"]:
            body = template["body"]
            numbers = [int(number) for number in PARAMETER.findall(body)]
            assert numbers == list(range(1, len(template["parameters"]) + 1)), template["name"]
            assert not re.match(r"\s*\{\{", body), template["name"]
            assert not re.search(r"\}\}\s*$", body), template["name"]
            assert not re.search(r"\}\}\s*\{\{", body), template["name"]
            assert len(body) <= 1024
            assert re.fullmatch(r"[a-z0-9_]+", template["name"])
            assert template["language"] == "es_MX"
            assert template["category"] in {"UTILITY", "MARKETING", "AUTHENTICATION"}
            assert len(template["buttons"]) <= 3
            assert all(0 < len(title) <= 20 for title in template["buttons"])
            assert all(parameter["sample"] for parameter in template["parameters"])

    def test_marketing_offers_the_way_out(self, code: str) -> None:
        for template in load(code, "templates.yml")["templates"]:
            if template["category"] == "MARKETING":
                assert "No recibir más" in template["buttons"]


SPEAKS_ENGLISH = [code for code in UNITS if "en" in unit_of(code)["languages"]]
SPANISH = re.compile(r"[¡¿áéíóúñ]|\b(hola|tu|su|el|la|para|con|entrevista|puesto|sí)\b", re.IGNORECASE)
# Samples of names and places, which nobody translates.
PROPER = re.compile(r"Av\. Juárez 120, Saltillo|Carmen López|Lucía Ortega|Industrias del Norte|Paseo de la Reforma 100, Ciudad de México")
STOPS = {"en": "Stop messages", "fr": "Arrêter les messages", "pt": "Parar mensagens"}
# Units that send templates, with each language of theirs beside Spanish that Meta has templates in.
TRANSLATED = [
    (code, language)
    for code in UNITS
    for language in unit_of(code)["languages"]
    if code != "sexsi" and language in CODES and language != "es"
]


def translated(code: str, language: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = load(code, f"templates.{language}.yml")["templates"]
    return found


def test_who_speaks_a_language_has_its_templates_and_nobody_else() -> None:
    there = [(path.parent.name, path.name.split(".")[1]) for path in SEED.glob("*/templates.*.yml")]
    assert sorted(there) == sorted(TRANSLATED)


@pytest.mark.parametrize(("code", "language"), TRANSLATED)
class TestTranslatedTemplates:
    def test_they_are_those_that_speak_to_a_candidate_with_the_same_values(self, code: str, language: str) -> None:
        """In the same order, so that what is made for one language fills the other's places alike."""
        to_candidates = [
            (template["name"], template["category"], [one["name"] for one in template["parameters"]], len(template["buttons"]))
            for template in load(code, "templates.yml")["templates"]
            if "first_name" in {one["name"] for one in template["parameters"]}
        ]
        assert to_candidates == [
            (template["name"], template["category"], [one["name"] for one in template["parameters"]], len(template["buttons"]))
            for template in translated(code, language)
        ]

    def test_meta_would_take_them(self, code: str, language: str) -> None:
        for template in translated(code, language):
            body = template["body"]
            numbers = [int(number) for number in PARAMETER.findall(body)]
            assert numbers == list(range(1, len(template["parameters"]) + 1)), template["name"]
            assert not re.match(r"\s*\{\{", body) and not re.search(r"\}\}\s*(\{\{|$)", body), template["name"]
            assert len(body) <= 1024 and template["language"] == CODES[language]
            assert all(0 < len(title) <= 20 for title in template["buttons"]), template["name"]

    def test_they_are_of_their_language(self, code: str, language: str) -> None:
        for template in translated(code, language):
            # A short one may tell none.
            assert language_of(PARAMETER.sub("…", template["body"])) in (language, ""), template["name"]
            if language == "en":  # of the others Spanish shares words and accents
                samples = [PROPER.sub("", one["sample"]) for one in template["parameters"]]
                for said in (template["body"], *template["buttons"], *samples):
                    assert SPANISH.search(said) is None, (template["name"], said)

    def test_marketing_offers_the_way_out(self, code: str, language: str) -> None:
        offered = [each["buttons"] for each in translated(code, language) if each["category"] == "MARKETING"]
        assert offered and all(STOPS[language] in buttons for buttons in offered)


MAILS: dict[str, dict[str, Any]] = load("shared", "mail", "values.yml")


def rendered(code: str, mail: str, values: dict[str, Any]) -> RenderedMail:
    """The mail as the notifications render it for this unit."""
    seed = unit_of(code)
    unit = Unit(code=code, name=seed["name"], colour=seed["colour"], settings=seed["settings"])
    return render_mail(unit, mail, values)


@pytest.mark.parametrize("code", UNITS)
@pytest.mark.parametrize("mail", MAILS)
class TestMail:
    def test_it_has_a_subject_of_one_line_and_a_tidy_body(self, code: str, mail: str) -> None:
        raw = (SEED / code / "mail" / f"{mail}.txt", SEED / "shared" / "mail" / f"{mail}.txt")
        source = next(path for path in raw if path.is_file()).read_text(encoding="utf-8")
        assert re.match(r"Asunto: \S[^\n]*\n\n", source)
        letter = rendered(code, mail, MAILS[mail])
        assert 5 <= len(letter.subject) <= 100
        assert len(letter.text) > 60
        for said in (letter.subject, letter.text, letter.html):
            assert "None" not in said
            assert "{{" not in said
        assert "\n\n\n" not in letter.text

    def test_html_escapes_what_people_wrote(self, code: str, mail: str) -> None:
        hostile = {
            name: "<script>x</script>"
            if isinstance(value, str) and value and not name.endswith("url")
            else value
            for name, value in MAILS[mail].items()
        }
        assert "<script>" not in rendered(code, mail, hostile).html

    def test_text_and_html_carry_every_value(self, code: str, mail: str) -> None:
        letter = rendered(code, mail, MAILS[mail])
        for name, value in MAILS[mail].items():
            if isinstance(value, bool):
                continue  # chooses between wordings
            listed = value if isinstance(value, list) else [value]
            for part in (one for item in listed for one in (item.values() if isinstance(item, dict) else [item])):
                assert str(part) in letter.html, name
                assert str(part) in f"{letter.subject}\n{letter.text}", name


def test_a_code_for_sexsi_does_not_name_it_in_the_subject() -> None:
    assert "SEXSI" not in rendered("sexsi", "one_time_code", {"code": "123456", "minutes": 5}).subject
    told = rendered("sexsi", "one_time_code", {"language": "en", "code": "123456", "minutes": 5})
    assert told.subject == "123456 is your code"


# Whoever else we write to (interviewers, mentors, referees, the team) is written to in Spanish.
TO_CANDIDATES = [
    "interview_confirmed", "interview_reminder_24h", "interview_reminder_2h", "interview_changed", "interview_cancelled",
    "interview_proposed", "mentor_confirmed_person", "mentor_cancelled_person", "disclosure_asked", "references_asked",
    "one_time_code", "complete_profile",
]  # fmt: skip


def test_the_mails_to_candidates_are_there_in_english_and_no_others() -> None:
    texts = {path.stem for path in (SEED / "shared" / "mail" / "en").glob("*.txt")}
    assert texts == {path.stem for path in (SEED / "shared" / "mail" / "en").glob("*.html")} == set(TO_CANDIDATES)


@pytest.mark.parametrize("code", SPEAKS_ENGLISH)
@pytest.mark.parametrize("mail", TO_CANDIDATES)
class TestEnglishMail:
    def test_each_unit_has_it_in_english(self, code: str, mail: str) -> None:
        """One that says it in Spanish words of its own has English ones of its own, too."""
        assert written_in(code, mail, "en") == "en"
        assert written_in(code, mail, "de") == "es"
        for ending in ("txt", "html"):
            own = SEED / code / "mail"
            assert (own / f"{mail}.{ending}").is_file() == (own / "en" / f"{mail}.{ending}").is_file()

    def test_it_carries_every_value_and_no_spanish(self, code: str, mail: str) -> None:
        # Words that are none, so that what is left is the mail's own.
        values = {
            name: [f"x{n}" for n, _ in enumerate(value)] if isinstance(value, list) else f"z{name}z"
            for name, value in MAILS[mail].items()
        }
        letter = rendered(code, mail, values | {"language": "en"})
        for value in values.values():
            for part in value if isinstance(value, list) else [value]:
                assert part in letter.html and part in f"{letter.subject}\n{letter.text}"
        assert '<html lang="en-US">' in letter.html
        assert 5 <= len(letter.subject) <= 100 and "\n\n\n" not in letter.text
        contact = unit_of(code)["settings"]["contact"]
        for said in (letter.subject, letter.text, re.sub(r"<[^>]*>", " ", letter.html)):
            ours = said.replace(str(contact["name"]), "").replace(str(contact["email"]), "")
            assert SPANISH.search(ours) is None, ours


# Languages that not all units speak: each has its mails to itself, and none of what it does not do.
FURTHER = [(code, one) for code in UNITS for one in unit_of(code)["languages"] if one not in ("es", "en")]
ONLY_WITH = {"mentor_confirmed_person": "mentors", "mentor_cancelled_person": "mentors", "references_asked": "references"}
TAG = re.compile(r"\{[{%].*?[}%]\}")


def blocks(file: Path) -> list[str]:
    """What a mail fills in and asks, in its order, without its words."""
    return [re.sub(r'"[^"]*"', '""', tag) for tag in TAG.findall(file.read_text(encoding="utf-8"))]


def mails_of(code: str) -> set[str]:
    settings = unit_of(code)["settings"]
    return {mail for mail in TO_CANDIDATES if settings.get(ONLY_WITH.get(mail, ""), mail not in ONLY_WITH)}


@pytest.mark.parametrize(("code", "language"), FURTHER)
class TestMailInAFurtherLanguage:
    def test_the_unit_has_those_that_it_sends_and_no_other_unit_has_them(self, code: str, language: str) -> None:
        folder = SEED / code / "mail" / language
        assert {path.name for path in folder.iterdir()} == {
            f"{mail}.{ending}" for mail in mails_of(code) for ending in ("txt", "html")
        }
        for mail in mails_of(code):
            assert (written_in(code, mail, language), written_in("huntu", mail, language)) == (language, "es")

    def test_it_says_as_much_as_the_english(self, code: str, language: str) -> None:
        for file in (SEED / code / "mail" / language).iterdir():
            assert blocks(file) == blocks(SEED / "shared" / "mail" / "en" / file.name), file

    def test_it_carries_every_value_and_is_of_its_language(self, code: str, language: str) -> None:
        for mail in mails_of(code):
            letter = rendered(code, mail, MAILS[mail] | {"language": language})
            for value in MAILS[mail].values():
                for part in map(str, value if isinstance(value, list) else [value]):
                    assert part in letter.html and part in f"{letter.subject}\n{letter.text}", mail
            assert f'<html lang="{language}-' in letter.html
            assert 5 <= len(letter.subject) <= 100 and "\n\n\n" not in letter.text
            # Without what is filled in, which here is Spanish.
            bare = rendered(code, mail, dict.fromkeys(MAILS[mail], "…") | {"language": language})
            assert language_of(bare.text) == language, bare.text
            assert language_of(re.sub(r"<[^>]*>", " ", bare.html)) == language, bare.html
            assert not re.search(r"[¡¿ñ’]", bare.subject + bare.text + bare.html), mail


def test_what_a_unit_says_in_spanish_of_its_own_is_not_said_in_english_of_all(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("huntred.notifications.mail.SEED_FOLDER", tmp_path)
    for file in ("shared/mail/a.txt", "shared/mail/en/a.txt", "shared/mail/b.txt", "own/mail/a.txt", "shared/mail/en/b.txt"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("x", encoding="utf-8")
    assert [written_in("own", name, "en") for name in ("a", "b")] == ["es", "en"]
    assert [written_in("other", name, "en") for name in ("a", "b")] == ["en", "en"]


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (SEED / "shared" / "places.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class TestPlaces:
    def test_all_32_states_and_enough_places(self, rows: list[dict[str, str]]) -> None:
        mexican = [row for row in rows if row["country"] == "MX"]
        assert len({row["state"] for row in mexican}) == 32
        assert len(mexican) >= 120

    def test_mexican_places_lie_in_mexico_and_origins_have_no_coordinates(
        self, rows: list[dict[str, str]]
    ) -> None:
        for row in rows:
            if row["country"] == "MX":
                assert 14.5 < float(row["lat"]) < 32.8, row["name"]
                assert -117.3 < float(row["lon"]) < -86.7, row["name"]
            else:
                assert (row["state"], row["lat"], row["lon"]) == ("", "", ""), row["name"]

    def test_a_name_or_alias_means_one_place(self, rows: list[dict[str, str]]) -> None:
        seen: dict[str, str] = {}
        for row in rows:
            for word in {row["name"], *filter(None, row["aliases"].split("|"))}:
                assert seen.setdefault(normalise(word), row["name"]) == row["name"], word

    def test_aliases_are_folded(self, rows: list[dict[str, str]]) -> None:
        for row in rows:
            for alias in filter(None, row["aliases"].split("|")):
                assert alias == normalise(alias)

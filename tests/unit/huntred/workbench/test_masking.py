"""What a designer is shown says what was wanted, and never who wanted it."""

from __future__ import annotations

import pytest

from huntred.workbench.masking import INVENTED, invented, mask

# Each with what must not be left of it.
NASTY = [
    ("me llamo rosa elena pineda y busco trabajo", ["rosa", "elena", "pineda"]),
    ("ME LLAMO ROSA ELENA PINEDA Y BUSCO TRABAJO", ["rosa", "elena", "pineda"]),
    ("soy wilkerman urdaneta colmenares, busco chamba", ["urdaneta", "colmenares"]),
    ("mi nombre es Keyla de la Cruz", ["keyla", "cruz"]),
    ("hola habla Xóchitl, la de ayer", ["xóchitl"]),
    ("dile a mi prima guadalupe hernandez que me marque", ["guadalupe", "hernandez"]),
    ("pregunte por el Ing. Saúl Barrientos Mazariegos", ["saúl", "barrientos", "mazariegos"]),
    ("Atte. Lic. Ma. del Carmen Núñez", ["carmen", "núñez"]),
    ("je m'appelle Wideline Dorvil", ["wideline", "dorvil"]),
    ("my name is Jhon Smithson and i need a job", ["jhon", "smithson"]),
    ("ya le mande el cv a don Chuy y no contesta", ["chuy"]),
    ("mi mamá es Flores y mi papá es Reyes", ["flores", "reyes"]),
    ("mi cel es 5512345678", ["5512345678", "551"]),
    ("55 12 34 56 78", ["12", "34", "56", "78"]),
    ("+52 1 (55) 1234-5678 márcame", ["55", "1234", "5678"]),
    ("cel: 55.1234.5678 o 5 5 1 2 3 4 5 6 7 8", ["55", "1234", "5 5 1"]),
    ("es el cinco cinco, uno dos tres cuatro, cinco seis siete ocho", ["cinco", "cuatro"]),
    ("mi numero es cincuenta y cinco doce treinta y cuatro cincuenta y seis setenta", ["doce", "treinta"]),
    ("5️⃣5️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣", ["5", "1", "8"]),
    ("５５１２３４５６７８", ["5", "５"]),
    ("٥٥١٢٣٤٥٦٧٨", ["5", "٥"]),
    ("55\u200b1234\u200b5678", ["55", "1234"]),
    ("mi correo es ana.lopez+cv@gmail.com", ["ana", "lopez", "gmail"]),
    ("ana punto lopez arroba gmail punto com", ["ana", "lopez"]),
    ("ANA_LOPEZ @ HOTMAIL . COM", ["ana", "hotmail"]),
    ("ana.lopez(at)empresa.com.mx", ["ana", "lopez", "empresa"]),
    ("mi face es facebook.com/rosa.pineda.92", ["rosa", "pineda", "92"]),
    ("mira https://www.linkedin.com/in/rosa-pineda-1234", ["rosa", "pineda", "1234"]),
    ("sígueme en @rosa.pineda92", ["rosa", "92"]),
    ("mi curp es PIRR920503MDFNSS09", ["pirr", "920503"]),
    ("rfc PIRR920503AB1 por favor", ["pirr"]),
    ("mi nss 12345678901 y mi ine IDMEX1234567890", ["12345678901", "1234567890"]),
    ("tarjeta 4111 1111 1111 1111", ["4111", "1111"]),
    ("nací el 3 de mayo de 1998", ["3 ", "1998"]),
    ("nací el 03/05/98", ["03", "05", "98"]),
    ("vivo en calle Benito Juárez 123 col. Centro cp 06000", ["benito", "juárez", "123", "06000"]),
    ("gano 15000 y quiero 18,500.50", ["15000", "18,500", "50"]),
    ("R o s a  P i n e d a", ["r o s a"]),
    ("Rosa\nPineda\n5512345678", ["rosa", "pineda", "551"]),
    ("conozco a Rosalba Tzoc Ajanel de su empresa", ["rosalba", "tzoc", "ajanel"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "secrets"), NASTY, ids=[text[:30] for text, _ in NASTY])
def test_what_says_who_it_was_is_gone(text: str, secrets: list[str]) -> None:
    masked = mask(text).casefold()

    assert not [secret for secret in secrets if secret.casefold() in masked], masked


def test_a_known_name_is_taken_out_in_any_spelling() -> None:
    """Of who wrote: also where it is also a word, or in no list."""
    masked = mask("si soy yo, la GÜERA xiutecuhtli, o nada mas guera", ["Xiutecuhtli Güera de los Ríos"])

    assert masked.count("[NOMBRE]") == 2
    assert "xiu" not in masked.lower() and "era" not in masked.lower().replace("o nada mas", "")


@pytest.mark.parametrize(
    "text",
    [
        "ando tras un jale de soldador", "xq no me an ablado", "quiero chamba en Ciudad de México",
        "hay vacantes en Monterrey, Nuevo León?", "sí pero el jueves", "busco trabajo por las mañanas",
        "me da pena preguntar pero cuánto pagan", "soy mexicana y tengo experiencia", "no sé, mejor después",
        "Quiero trabajar de cajera", "soy soldador", "necesito permiso de trabajo", "está lejos de mi casa",
    ],
)  # fmt: skip
def test_what_was_wanted_stays(text: str) -> None:
    assert mask(text) == text


def test_numbers_and_phones_are_told_apart() -> None:
    assert mask("gano 15 mil al mes") == "gano [NÚMERO] mil al mes"
    assert mask("márcame al 55 1234 5678") == "márcame al [TELÉFONO]"


@pytest.mark.parametrize("text", [text for text, _ in NASTY])
def test_masking_again_changes_nothing(text: str) -> None:
    once = mask(text)

    assert mask(once) == once
    assert mask(invented(once), keep=True) == invented(once)


def test_invented_values_pass_and_real_ones_beside_them_do_not() -> None:
    edited = f"me llamo {INVENTED['[NOMBRE]']} y mi cel es 5512345678, tengo 12 hijos"

    assert mask(edited, keep=True) == "me llamo [Lupita Robles](name) y mi cel es [TELÉFONO], tengo 12 hijos"

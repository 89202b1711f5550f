from __future__ import annotations

import pytest

from ml.cv.dates import count, months_between, periods, ranges


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("Ene 2019 – a la fecha", "2019-01", None),
        ("enero de 2019 a diciembre de 2021", "2019-01", "2021-12"),
        ("Enero del 2019 al 15 de marzo del 2020", "2019-01", "2020-03"),
        ("2019-2021", "2019-01", "2021-12"),
        ("2019 - Actual", "2019-01", None),
        ("03/2018 a 07/2020", "2018-03", "2020-07"),
        ("03-2018 - 07-2020", "2018-03", "2020-07"),
        ("2018/03 – 2020/07", "2018-03", "2020-07"),
        ("01/03/2018 al 31/07/2020", "2018-03", "2020-07"),
        ("De marzo de 2018 hasta julio de 2020", "2018-03", "2020-07"),
        ("Mar-18 / Jul-20", "2018-03", "2020-07"),
        ("mar. 2018—jul. 2020", "2018-03", "2020-07"),
        ("MARZO 2018 - ACTUALMENTE", "2018-03", None),
        ("Desde junio 2020", "2020-06", None),
        ("Since March 2021", "2021-03", None),
        ("Jan 2015 to Present", "2015-01", None),
        ("September 2019 – October 2021 (2 years 2 months)", "2019-09", "2021-10"),
        ("enero - junio 2015", "2015-01", "2015-06"),
        ("2020 –", "2020-01", None),
        ("Ene 2019\tDic 2020", "2019-01", "2020-12"),
        ("sept. 2019 a la actualidad", "2019-09", None),
        ("15 de enero de 2019 a la fecha", "2019-01", None),
        ("Preparatoria Abierta SEP, 2012 - 2016", "2012-01", "2016-12"),
        ("Consultores 360, febrero de 2018 a agosto de 2019", "2018-02", "2019-08"),
        ("Desde: 03/2021  Hasta: Actualmente", "2021-03", None),
    ],
)
def test_a_period_is_read_however_it_is_written(text: str, since: str, until: str | None) -> None:
    (period,) = ranges(text)
    assert period.since is not None and period.since.first() == since
    assert period.current == (until is None)
    assert (period.until.last() if period.until else None) == until


@pytest.mark.parametrize("text", ["55 1234 2019", "$2019.50", "Reduje 20 % los costos", "C.P. 76000", "442 201 9202"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert not ranges(text)


def test_one_date_alone_has_no_start() -> None:
    (only,) = periods("Titulado en junio 2014")
    assert only.single and only.until is not None and only.until.plain() == "2014-06"


def test_a_day_and_month_that_do_not_exist_are_no_date() -> None:
    assert not [period for period in periods("45/2019") if period.until and period.until.month]


def test_both_ends_count() -> None:
    assert months_between("2019-01", "2019-12") == 12
    assert months_between("2019-12", "2019-01") == 0
    assert count("2020-01") - count("2019-12") == 1

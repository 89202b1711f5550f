"""How bands, values and files of the dashboards are written."""

from __future__ import annotations

from backoffice.reports import wording
from huntred.reporting.repository import plots


def test_bands_are_said_in_the_unit_that_people_use() -> None:
    team, fill = plots("conversation")["team_answer_time"], plots("recruiting")["fill_time"]

    assert [wording.name_of(team, "day", str(band)) for band in range(6)] == [
        "menos de 5 min", "5 a 15 min", "15 min a 1 h", "1 a 4 h", "4 h a 1 día", "1 día o más",
    ]  # fmt: skip
    assert wording.name_of(fill, "day", "1") == "8 a 16 días"


def test_a_value_has_no_zeros_that_say_nothing() -> None:
    fill = plots("recruiting")["fill_time"]

    assert [wording.measured(fill, value) for value in (1.0, 16.5, 19.0, None)] == ["1 día", "16.5 días", "19 días", "—"]


def test_every_plot_and_series_has_its_words() -> None:
    for board in ("recruiting", "conversation", "outlook"):
        for plot in plots(board).values():
            assert wording.title(plot)
            assert wording.hint(plot)
            for series in plot.series:
                assert wording.series_name(plot, series)
            for bar in plot.bars:
                assert wording.name_of(plot, "day", bar) != bar

"""The figures say what they promise, on answers that were counted by hand."""

from __future__ import annotations

import pytest

from bot.judge_nlu import MessagesInvalid, read_messages, report
from bot.judgement import Judged, figures

JUDGED = [
    Judged("hola", "greet", "greet", 0.9),
    Judged("wenas", "greet", "nlu_fallback", 0.3),
    Judged("adiós", "goodbye", "goodbye", 0.8),
    Judged("chao", "goodbye", "greet", 0.6),
    Judged("qué es el pib", "out_of_scope", "out_of_scope", 0.9),
    Judged("asdf", "out_of_scope", "nlu_fallback", 0.4),
    Judged("vendo un auto", "out_of_scope", "goodbye", 0.5),
]


def test_counts_by_hand():
    found = figures(JUDGED)
    assert found.in_scope_accuracy == 2 / 4
    assert found.oos_recall == pytest.approx(2 / 3)
    # greet: precision 1/2, recall 1/2; goodbye: precision 1/2 (the car), recall 1/2.
    assert found.macro_f1 == pytest.approx(0.5)
    # Answered as ours: .9 right, .8 right, .6 wrong, .5 wrong, each in a band of its own.
    assert found.calibration_error == pytest.approx((0.1 + 0.2 + 0.6 + 0.5) / 4)


def test_what_was_not_judged_has_no_figure():
    assert figures(JUDGED[:4]).oos_recall is None
    assert [line.split("=")[0] for line in figures(JUDGED[4:6]).lines()] == ["oos_recall"]


def test_each_wrong_one_is_written_with_its_confidence(tmp_path, capsys):
    report(JUDGED, [1.0] * 7, tmp_path / "deep" / "wrong.tsv")
    rows = (tmp_path / "deep" / "wrong.tsv").read_text(encoding="utf-8").splitlines()
    assert rows[1:] == [
        "greet\tnlu_fallback\t0.300\twenas",
        "goodbye\tgreet\t0.600\tchao",
        "out_of_scope\tgoodbye\t0.500\tvendo un auto",
    ]
    said = capsys.readouterr().out
    assert "macro_f1=0.5000\n" in said
    assert "p50_ms=1.00\n" in said


NLU = 'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - hola [Ana](name)\n- intent: out_of_scope\n  examples: |\n    - vendo autos\n'


def test_reads_rasas_format(tmp_path):
    file = tmp_path / "mine.yml"
    file.write_text(NLU, encoding="utf-8")
    assert read_messages(file, ["greet", "out_of_scope"]) == [("hola Ana", "greet"), ("vendo autos", "out_of_scope")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "there is no file"),
        ('version: "3.1"\nnlu:\n- intent: greet\n  examples: 7\n', "not in Rasa's NLU format|holds no examples"),
        ("just: [words", "not in Rasa's NLU format"),
        ('version: "3.1"\nnlu: []\n', "holds no examples"),
        (NLU.replace("intent: greet", "intent: gret"), "gret"),
    ],
)
def test_a_file_that_cannot_judge_is_refused_with_what_to_do(tmp_path, text, says):
    file = tmp_path / "mine.yml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(MessagesInvalid, match=says):
        read_messages(file, ["greet", "out_of_scope"])

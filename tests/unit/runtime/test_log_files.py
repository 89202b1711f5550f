"""Logs are rotated by size and read back by line."""

from __future__ import annotations

from runtime.log_files import last_words, rotate, tail


def test_a_long_log_is_put_aside_and_the_writer_goes_on_in_the_same_file(tmp_path):
    log = tmp_path / "worker.log"
    with log.open("ab", buffering=0) as writer:
        for turn in range(5):
            writer.write(f"turn {turn}\n".encode() * 20)
            assert rotate(log, max_bytes=100, kept=3)
        writer.write(b"after\n")
    assert log.read_bytes() == b"after\n"
    assert (tmp_path / "worker.log.1").read_text().startswith("turn 4")
    assert (tmp_path / "worker.log.3").read_text().startswith("turn 2")
    assert not (tmp_path / "worker.log.4").exists()


def test_a_short_or_missing_log_is_left_alone(tmp_path):
    log = tmp_path / "a.log"
    assert not rotate(log)
    log.write_text("short\n")
    assert not rotate(log, max_bytes=100)
    assert log.read_text() == "short\n"


def test_the_last_words_are_the_last_line_that_says_something(tmp_path):
    log = tmp_path / "a.log"
    log.write_text("old reason\n")
    offset = log.stat().st_size
    assert last_words(log, offset) == ""
    with log.open("a") as writer:
        writer.write("Traceback …\nValueError: «ñ»\n\n")
    assert last_words(log, offset) == "ValueError: «ñ»"
    assert tail(log, 2) == ["ValueError: «ñ»", ""]
    assert tail(tmp_path / "none", 5) == []

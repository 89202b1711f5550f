from __future__ import annotations

from datetime import datetime

import pytest

from contract.ids import new_id
from huntred.errors import FieldInvalid
from huntred.pages import read_cursor, write_cursor


def test_a_cursor_comes_back_as_it_went(now: datetime) -> None:
    row = new_id()
    assert read_cursor(write_cursor(now, row)) == (now, row)
    assert read_cursor("") is None


@pytest.mark.parametrize("cursor", ["x", "bm9uc2Vuc2U=", "WzEsMl0=", "e30=", "ñ", "WyIyMDI2IiwgIngiXQ=="])
def test_a_cursor_that_is_none_of_ours_is_refused(cursor: str) -> None:
    with pytest.raises(FieldInvalid):
        read_cursor(cursor)

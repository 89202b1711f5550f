"""What is sealed opens only with its key and in its place."""

from __future__ import annotations

import pytest

from contract.encryption import CannotDecrypt, Cipher, lookup_hash

OLD, NEW = b"o" * 32, b"n" * 32


def test_sealed_text_opens_in_its_place_only() -> None:
    cipher = Cipher({"k1": OLD})
    sealed = cipher.seal("GODE561231HDFRRN09", "unit_profiles.curp")
    assert "GODE" not in sealed
    assert cipher.open(sealed, "unit_profiles.curp") == "GODE561231HDFRRN09"
    with pytest.raises(CannotDecrypt):
        cipher.open(sealed, "unit_profiles.rfc")


def test_the_same_text_is_never_sealed_the_same_way() -> None:
    cipher = Cipher({"k1": OLD})
    assert cipher.seal("a", "p") != cipher.seal("a", "p")


def test_keys_rotate_and_old_values_still_open() -> None:
    before = Cipher({"k1": OLD}).seal("ñandú", "p")
    after = Cipher({"k2": NEW, "k1": OLD})
    assert after.open(before, "p") == "ñandú"
    assert after.needs_rotation(before)
    assert not after.needs_rotation(after.seal("ñandú", "p"))
    with pytest.raises(CannotDecrypt):
        Cipher({"k2": NEW}).open(before, "p")


@pytest.mark.parametrize("broken", ["", "v1.k1", "v9.k1.AAAA", "v1.k1.!!!", "v1.k1.AAAA"])
def test_what_is_no_sealed_text_is_refused(broken: str) -> None:
    with pytest.raises(CannotDecrypt):
        Cipher({"k1": OLD}).open(broken, "p")


def test_a_lookup_hash_ignores_case_and_needs_its_key() -> None:
    assert lookup_hash(OLD, " gode561231hdfrrn09 ") == lookup_hash(OLD, "GODE561231HDFRRN09")
    assert lookup_hash(OLD, "A") != lookup_hash(NEW, "A")

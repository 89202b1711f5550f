"""Secrets that people type never reach tracker, messages or logs."""

from __future__ import annotations

import pytest

from contract.masking import mask_secrets


@pytest.mark.parametrize(
    ("typed", "masked"),
    [
        ("mi CURP es GODE561231HDFRRN09", "mi CURP es [CURP]"),
        ("gode561231hdfrrn09.", "[CURP]."),
        ("RFC GODE561231GR8 gracias", "RFC [RFC] gracias"),
        ("tarjeta 4111 1111 1111 1111", "tarjeta [TARJETA]"),
        ("4111-1111-1111-1111", "[TARJETA]"),
        ("ana4111111111111111@example.com", "ana4111111111111111@example.com"),
        ("4111 1111 1111 1112", "4111 1111 1111 1112"),
        ("llámame al 55 1234 5678", "llámame al 55 1234 5678"),
        ("+52 1 55 1234 5678", "+52 1 55 1234 5678"),
        ("gano 18500 al mes", "gano 18500 al mes"),
    ],
)
def test_what_is_secret_is_masked_and_nothing_else(typed: str, masked: str) -> None:
    assert mask_secrets(typed) == masked

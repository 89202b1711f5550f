"""A Bot API request's fields against Telegram's own description, where it is on this machine."""

from __future__ import annotations

from typing import Any

from tests.standins.specs import telegram_spec

_PLAIN: dict[str, type | tuple[type, ...]] = {
    "Integer": int, "Float": (int, float), "String": str, "Boolean": bool, "True": bool,
}  # fmt: skip


def available() -> bool:
    return telegram_spec() is not None


def field_errors(method: str, fields: dict[str, Any]) -> list[str]:
    """Return what the description has against these fields; nothing where it is not on this machine."""
    document = telegram_spec()
    if document is None:
        return []
    described = document["methods"].get(method)
    if described is None:
        return [f"no method {method}"]
    return _object_errors(method, described.get("fields", []), fields)


def type_errors(name: str, value: Any) -> list[str]:
    """Return what the description of a type (Update, Message …) has against a value."""
    return _value_errors(name, [name], value) if available() else []


def _object_errors(where: str, described: list[dict[str, Any]], given: dict[str, Any]) -> list[str]:
    known = {field["name"]: field for field in described}
    errors = [f"{where}: unknown field {name}" for name in given if name not in known]
    for name, field in known.items():
        if name in given:
            errors += _value_errors(f"{where}.{name}", field["types"], given[name])
        elif field["required"]:
            errors.append(f"{where}: {name} is missing")
    return errors


def _value_errors(where: str, types: list[str], value: Any) -> list[str]:
    """A value has to fit one of the types; the errors of the nearest one are told."""
    best: list[str] | None = None
    for name in types:
        errors = _one_type(where, name, value)
        if not errors:
            return []
        if best is None or len(errors) < len(best):
            best = errors
    return best or []


def _one_type(where: str, name: str, value: Any) -> list[str]:
    if name.startswith("Array of "):
        if not isinstance(value, list):
            return [f"{where} must be a list"]
        inner = name.removeprefix("Array of ")
        return [
            error
            for index, item in enumerate(value)
            for error in _value_errors(f"{where}[{index}]", [inner], item)
        ]
    if name in _PLAIN:
        fits = isinstance(value, _PLAIN[name]) and (
            name in ("Boolean", "True") or not isinstance(value, bool)
        )
        return [] if fits else [f"{where} must be {name}"]
    if name == "InputFile":
        return [] if isinstance(value, (bytes, str)) else [f"{where} must be a file"]
    document = telegram_spec()
    described = document["types"].get(name) if document else None
    if described is None:
        return [f"{where}: unknown type {name}"]
    if described.get("subtypes"):
        return _value_errors(where, described["subtypes"], value)
    if not isinstance(value, dict):
        return [f"{where} must be {name}"]
    return _object_errors(where, described.get("fields", []), value)

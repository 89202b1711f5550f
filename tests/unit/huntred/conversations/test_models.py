"""The app's typed view of the shared tables says what the tables say."""

from __future__ import annotations

import ast
import inspect

from contract import tables
from huntred.conversations import models
from huntred.db.base import Base


def test_annotations_name_the_columns_and_whether_they_may_be_null() -> None:
    mapped = {
        mapper.class_.__name__: mapper.local_table
        for mapper in Base.registry.mappers
        if mapper.class_.__module__ == models.__name__ and mapper.local_table.name in vars(tables)
    }
    classes = {node.name: node for node in ast.parse(inspect.getsource(models)).body if isinstance(node, ast.ClassDef)}
    assert len(mapped) >= 10
    for name, table in mapped.items():
        guarded = next(node for node in classes[name].body if isinstance(node, ast.If))
        said = {line.target.id: ast.unparse(line.annotation) for line in guarded.body if isinstance(line, ast.AnnAssign)}  # type: ignore[union-attr]
        assert sorted(said) == sorted(column.name for column in table.columns), name
        for column in table.columns:
            assert said[column.name].endswith("| None]") == bool(column.nullable), f"{name}.{column.name}"

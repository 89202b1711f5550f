from __future__ import annotations

from collections.abc import Iterator

import pytest

from ml.cv.parser import CvParser
from ml.cv.reader import SandboxedCvReader
from ml.cv.taxonomy import Taxonomy, Term

TAXONOMY = Taxonomy(
    skills=(
        Term("excel", ("Excel", "Microsoft Excel", "hojas de cálculo", "spreadsheets")),
        Term("sap", ("SAP", "SAP ERP")),
        Term("montacargas", ("Montacargas", "operación de montacargas", "Forklift")),
        Term("python", ("Python",)),
        Term("r", ("R",)),
    ),
    titles=(Term("jefe_almacen", ("Jefe de almacén", "Warehouse Manager")),),
)


@pytest.fixture(scope="session")
def parser() -> CvParser:
    return CvParser(TAXONOMY)


@pytest.fixture(scope="session")
def reader() -> Iterator[SandboxedCvReader]:
    reader = SandboxedCvReader()
    yield reader
    reader.close()

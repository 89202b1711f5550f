"""The document is what runs: schemathesis calls every operation by it, with what fits and with what does not."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backoffice.api.document import document, words
from backoffice.api.operations import OPERATIONS
from tests.integration.backoffice.api.conftest import program
from tests.integration.backoffice.conftest import Office
from tests.integration.backoffice.test_access import things

_EXAMPLES = 10
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def test_the_document_tells_of_every_operation_in_words(office: Office) -> None:
    told = office.app.test_client().get("/api/v1/openapi.json")

    assert told.status_code == 200 and told.json["openapi"] == "3.1.0"
    named = {one["operationId"] for verbs in told.json["paths"].values() for one in verbs.values()}
    assert named == set(OPERATIONS) == set(words()["operations"])
    assert {one["tags"][0] for verbs in told.json["paths"].values() for one in verbs.values()} == set(words()["tags"])


@pytest.mark.slow
def test_schemathesis_finds_no_fault(office: Office) -> None:
    """Reproducible: the examples are derived from the document, the same at every run."""
    object.__setattr__(office.app.extensions["wiring"].settings, "api_requests_per_minute", 1_000_000)
    office.app.config["PROPAGATE_EXCEPTIONS"] = False
    caller = program(office)
    own = things(office, "amigro")
    known = [str(own.vacancy), str(own.profile), str(own.application), str(own.interview), str(own.conversation)]
    schema = schemathesis.openapi.from_dict(document())
    schema.app = office.app
    tried = 0
    for result in schema.get_all_operations():
        told = result.ok()

        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
            @settings(
                max_examples=_EXAMPLES, deadline=None, database=None, derandomize=True, verbosity=Verbosity.quiet,
                phases=[Phase.generate], suppress_health_check=list(HealthCheck),
            )
            def attempt(case: Any) -> None:
                nonlocal tried
                tried += 1
                if case.path_parameters and tried % 3:
                    # Every other id is one that is there.
                    case.path_parameters = {name: known[tried % len(known)] for name in case.path_parameters}
                headers = {"Authorization": f"Bearer {caller.token}"}
                response = case.call(headers=headers)
                case.validate_response(response, checks=CHECKS, headers=headers)

            from hypothesis import given
            from hypothesis.errors import Unsatisfiable

            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    given(case=told.as_strategy(generation_mode=mode))(attempt)()
            except Unsatisfiable:
                continue  # nothing that does not fit can be made for it
    assert tried > 25 * _EXAMPLES

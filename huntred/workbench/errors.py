"""What can be refused about a proposed change, its test, or a model that is to be published."""

from __future__ import annotations

from huntred.errors import RuleBroken


class ExampleKnown(RuleBroken):
    """The very sentence stands in the training data, or in this change, already."""

    code = "example_known"


class ExampleOfAnother(RuleBroken):
    """The very sentence is an example of another intent: first it has to go there."""

    code = "example_of_another"


class ChangeClosed(RuleBroken):
    code = "change_closed"


class ChangeEmpty(RuleBroken):
    """There is nothing to test in it."""

    code = "change_empty"


class ChangeInTest(RuleBroken):
    """This change waits for its test already, or is being tested."""

    code = "change_in_test"


class ModelNotTested(RuleBroken):
    """Only a model whose test found nothing wrong is published."""

    code = "model_not_tested"


class NoEarlierModel(RuleBroken):
    """There is no model that could be gone back to."""

    code = "no_earlier_model"

"""The shapes described are the shapes sent and read."""

from registry.api.questions import NULLABLE, READERS, REQUIRED
from registry.api.serializers import AnswerShape, FieldErrorShape, ProblemShape, QuestionShape, ReasonShape
from tests.api.settlement import Settlement, problem
from tests.town import TODAY, score


def test_the_question_described_is_the_one_that_is_read() -> None:
    described = QuestionShape().fields
    assert list(described) == list(READERS)
    assert {name for name, field in described.items() if field.required} == REQUIRED
    assert {name for name, field in described.items() if field.allow_null} == NULLABLE


def test_the_answer_described_is_the_one_that_is_sent(settlement: Settlement) -> None:
    score(settlement.town, 9, TODAY)
    answer = settlement.ask().json()
    assert list(AnswerShape().fields) == list(answer)
    assert list(ReasonShape().fields) == list(answer["reasons"][0])


def test_the_problem_described_is_the_one_that_is_sent(settlement: Settlement) -> None:
    shown = problem(settlement.ask(on=1), 400, "malformed")
    assert list(ProblemShape().fields) == list(shown)
    assert list(FieldErrorShape().fields) == list(shown["errors"][0])

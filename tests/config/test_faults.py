"""What a person sees when the register itself fails."""

from typing import Any
from unittest import mock

import pytest
from django.db import OperationalError
from django.test import Client

IN_A_PAGE, BEFORE_ANY_PAGE = "registry.pages.public.reading.render", "django.contrib.auth.middleware.get_user"


def asked(failing: str, error: Exception) -> Any:
    reader = Client(headers={"accept-language": "en"}, raise_request_exception=False)
    with mock.patch(failing, side_effect=error):
        return reader.get("/public/")


@pytest.mark.parametrize("where", [IN_A_PAGE, BEFORE_ANY_PAGE])
def test_while_the_database_is_away_a_page_says_when_to_try_again(where: str) -> None:
    answer = asked(where, OperationalError("the server closed the connection: secret"))
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert b"wait a minute, look whether it was, then try again" in answer.content
    assert b"secret" not in answer.content


@pytest.mark.parametrize("where", [IN_A_PAGE, BEFORE_ANY_PAGE])
def test_another_failure_is_no_matter_of_waiting(where: str) -> None:
    answer = asked(where, RuntimeError("secret"))
    assert (answer.status_code, "Retry-After" in answer) == (500, False)
    assert b"secret" not in answer.content

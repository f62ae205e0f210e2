"""Telling workers that something is to be announced or sent. It only makes it soon: beat finds the same rows."""

from collections.abc import Callable
from time import monotonic

from celery import current_app
from django.http import HttpRequest, HttpResponseBase
from kombu.exceptions import OperationalError

_READING = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_EXPIRES = 5  # seconds; by then beat has asked
_SELDOM = 0.5  # seconds between two hints of one process, however many requests it answers


def wake_announcing() -> None:
    """Tell a worker that something may have changed."""
    _hint("notifications.tasks.announce")


def wake_pushing() -> None:
    """Tell a worker that something is due to go out."""
    _hint("notifications.tasks.push")


def wake_taking_over() -> None:
    """Tell a worker that another register wrote."""
    _hint("notifications.tasks.take_over")


class AnnounceSoon:
    """After a request that may have written something, a worker looks at once; a busy process tells it now and then."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._told_at = -_SELDOM

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method not in _READING and response.status_code < 400:
            self._tell(monotonic())
        return response

    def _tell(self, at: float) -> None:
        if at - self._told_at >= _SELDOM:
            self._told_at = at
            wake_announcing()


def _hint(task: str) -> None:
    try:
        current_app.send_task(task, retry=False, ignore_result=True, expires=_EXPIRES)
    except OperationalError:
        return

"""A study on the web: its lessons, its test, and what came of each attempt."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from appeals.actions.attempts import begin_attempt, hand_in, save_answers
from appeals.models import Attempt, Attendance
from appeals.queries.study import Shown, Study, paper_of, study_of
from registry.actions.errors import Refused
from registry.ledger.days import shanghai_day
from registry.models import Practitioner, User
from registry.pages.own_file.holder import for_its_holder
from registry.queries.own_file import files_of
from registry.queries.sight import full_sight

ON_A_PAGE = 3


@require_http_methods(["GET", "HEAD", "POST"])
@for_its_holder
def my_study(request: HttpRequest, person: Practitioner, part: UUID) -> HttpResponse:
    """The lessons and the attempts; posting begins an attempt, or goes on with the one under way."""
    study = _study(_part(person, uuid=part))
    wrong = ""
    if request.method == "POST":
        assert isinstance(request.user, User)  # the door lets nobody else in
        try:
            with full_sight():
                attempt = begin_attempt(part=study.part, by=request.user, now=timezone.now())
            return HttpResponseRedirect(reverse("my_attempt", args=[attempt.uuid]))
        except Refused as refusal:
            wrong = str(refusal.message)
    shown = {"study": study, "wrong": wrong}
    return render(request, "appeals/own/study.html", shown, status=422 if wrong else 200)


@require_safe
@for_its_holder
def my_lesson(request: HttpRequest, person: Practitioner, part: UUID, number: int) -> HttpResponse:
    """One lesson, with the way to the next."""
    study = _study(_part(person, uuid=part))
    numbers = [lesson.number for lesson in study.lessons]
    if number not in numbers:
        raise Http404
    at = numbers.index(number)
    shown = {
        "study": study,
        "lesson": study.lessons[at],
        "place": at + 1,
        "before": numbers[at - 1] if at else None,
        "after": numbers[at + 1] if at + 1 < len(numbers) else None,
    }
    return render(request, "appeals/own/lesson.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@for_its_holder
def my_attempt(request: HttpRequest, person: Practitioner, attempt: UUID) -> HttpResponse:
    """The paper, a few questions at a time, each page kept as it is sent; once handed in, what it scored and why."""
    row = Attempt.objects.filter(uuid=attempt).first()
    if row is None:
        raise Http404
    study = _study(_part(person, pk=row.attendance_id))
    paper = paper_of(row, study.course)
    if row.handed_in_at is not None:
        passed = (row.score or 0) >= (study.part.activity.pass_mark or 0)
        shown = {"study": study, "attempt": row, "paper": paper, "passed": passed, "wrong": _wrong(paper)}
        return render(request, "appeals/own/result.html", shown)
    pages = [paper[first : first + ON_A_PAGE] for first in range(0, len(paper), ON_A_PAGE)]
    at = _page_number(request, len(pages))
    refused = ""
    if request.method == "POST":
        try:
            return HttpResponseRedirect(_sent(request, row, pages, at))
        except Refused as refusal:
            refused = str(refusal.message)
    questions = pages[at - 1] if at <= len(pages) else []
    shown = {
        "study": study,
        "attempt": row,
        "questions": questions,
        "at": at,
        "pages": len(pages),
        "is_last": at > len(pages),
        "open": [each for each in paper if not each.taken],
        "paper": paper,
        "on_a_page": ON_A_PAGE,
        "refused": refused,
    }
    return render(request, "appeals/own/attempt.html", shown, status=422 if refused else 200)


def _sent(request: HttpRequest, row: Attempt, pages: list[list[Shown]], at: int) -> str:
    """Keep what the page holds, and where to go on. Raises Refused."""
    assert isinstance(request.user, User)  # the door lets nobody else in
    here = reverse("my_attempt", args=[row.uuid])
    said: dict[str, Any] = {"attempt": row, "by": request.user, "now": timezone.now()}
    with full_sight():
        if request.POST.get("step") == "hand_in":
            hand_in(**said)
            return here
        if at <= len(pages):
            given = {each.question.pk: _places(request, each) for each in pages[at - 1]}
            save_answers(answers=given, **said)
    step = -1 if request.POST.get("step") == "back" else 1
    return f"{here}?page={max(1, at + step)}"


def _places(request: HttpRequest, each: Shown) -> list[int]:
    return [int(place) for place in request.POST.getlist(f"q{each.number}") if place.isdecimal()]


def _page_number(request: HttpRequest, pages: int) -> int:
    asked = request.GET.get("page", "1")
    return min(max(1, int(asked)), pages + 1) if asked.isdecimal() and len(asked) < 4 else 1


def _wrong(paper: list[Shown]) -> list[Shown]:
    return [each for each in paper if not each.is_right]


def _part(person: Practitioner, **named: object) -> Attendance:
    """A part of the holder of the file; those of others are not there."""
    rows = Attendance.objects.filter(**named)
    found = rows.select_related("activity__agency", "activity__institution", "practitioner").first()
    if found is None or not _is_of(found, person):
        raise Http404
    return found


def _is_of(part: Attendance, person: Practitioner) -> bool:
    return part.practitioner_id == person.pk or part.practitioner_id in files_of(person)


def _study(part: Attendance) -> Study:
    found = study_of(part, shanghai_day(timezone.now()))
    if found is None:
        raise Http404
    return found

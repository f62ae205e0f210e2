"""Who may ask how the register runs, and when it says that it is ready."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from notifications.actions.background import announce, push
from notifications.actions.endpoints import approve_endpoint, propose_endpoint
from notifications.models import Look
from registry.actions.status_lists import publish_status_list
from registry.models import Assignment, Role, User
from tests.api.officers import key_for
from tests.notifications.pushing import administrator
from tests.town import LAW_BEGINS, build

pytestmark = pytest.mark.django_db


def abroad() -> Client:
    """A browser on another machine."""
    return Client(REMOTE_ADDR="203.0.113.9")


def bearer(role: Role, **place: object) -> dict[str, str]:
    user = User.objects.create_user(f"holder-{role}")
    Assignment.objects.create(user=user, role=role, starts_on=LAW_BEGINS, **place)
    return {"authorization": f"Bearer {key_for(user)}"}


def test_it_is_ready_while_workers_look() -> None:
    assert Client().get("/readyz").content == b"no worker looks for notices\n"
    for look in (announce, push):
        look(clock=timezone.now)
    assert Client().get("/readyz").content == b"ready\n"
    Look.objects.filter(work=Look.Work.PUSHING).update(at=timezone.now() - timedelta(minutes=3))
    late = Client().get("/readyz")
    assert (late.status_code, late.content) == (503, b"no worker looks for notices\n")


def test_a_look_is_noted_now_and_then_only() -> None:
    now = timezone.now()
    for seconds in (0, 5, 14):
        push(clock=lambda: now + timedelta(seconds=seconds))  # noqa: B023 - called at once
    assert Look.objects.get().at == now


def test_the_numbers_are_for_this_machine_and_for_who_watches_over_the_register() -> None:
    town = build("510100")
    for asked in (
        Client().get("/metrics"),
        abroad().get("/metrics", headers=bearer(Role.ADMINISTRATOR)),
        abroad().get("/metrics", headers=bearer(Role.SUPPORT)),
    ):
        assert asked.status_code == 200
    for refused in (
        abroad().get("/metrics"),
        Client().get("/metrics", headers={"x-forwarded-for": "203.0.113.9"}),
        abroad().get("/metrics", headers=bearer(Role.AGENCY_OFFICER, agency=town.agency)),
    ):
        assert refused.status_code == 401


def test_the_numbers_name_endpoints_and_nobody() -> None:
    town = build("510100")
    by = {"by": administrator(), "now": timezone.now()}
    where = {"url": "https://his.example/inbox", "networks": ["93.184.216.0/24"]}
    endpoint = approve_endpoint(
        endpoint=propose_endpoint(body=town.hospital, name="王伟的系统", **where, **by),  # type: ignore[arg-type]
        **by,  # type: ignore[arg-type]
    )
    answer = Client().get("/metrics")
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    text = answer.content.decode()
    assert f'register_push_owed{{endpoint="{endpoint.uuid}"}} 0' in text
    assert f'register_endpoint_state{{endpoint="{endpoint.uuid}",state="active"}} 1' in text
    assert "王伟" not in text
    assert "register_status_list_holds_seconds{}" not in text
    families = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
    assert len(families) == len(set(families)) == 9


def test_the_numbers_tell_for_how_long_the_offline_list_holds() -> None:
    now = timezone.now()
    build("510100")
    published = publish_status_list(now=now)
    assert published
    [line] = [
        each
        for each in Client().get("/metrics").content.decode().splitlines()
        if each.startswith("register_status_list_holds_seconds{}")
    ]
    left = (published.expires_at - now).total_seconds()
    assert left - 60 < float(line.split()[1]) < left + 1

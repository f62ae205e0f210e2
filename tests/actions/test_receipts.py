"""Who says that somebody has the notice: the person on the portal, others on paper, and what silence leads to."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from registry.actions.deliveries import notify, record_receipt
from registry.actions.errors import Refused
from registry.actions.procedure import for_agency, for_institution
from registry.actions.silence import mark_unopened
from registry.models import Proposal, Task
from tests.casework import Desk, desk, proposed, window
from tests.town import TODAY, at

pytestmark = pytest.mark.django_db


def sent_through_the_hospital(here: Desk) -> Proposal:
    return notify(proposal=proposed(here, 4), channel="institution", by=here.scorer, now=at(TODAY, 12))


def test_what_the_institution_does_not_hand_over_in_time_the_agency_serves_by_hand() -> None:
    here = desk()
    proposal = sent_through_the_hospital(here)
    owed = Task.objects.get(subject=proposal.uuid, state="open")
    assert (owed.kind, owed.institution, owed.due_on) == ("serve", here.town.hospital, date(2025, 3, 17))
    assert [mark_unopened(now=at(date(2025, 3, day))) for day in (17, 18, 25)] == [0, 1, 0]
    proposal.refresh_from_db()
    served = Task.objects.get(subject=proposal.uuid, state="open")
    assert (proposal.state, served.kind, served.agency, served.institution) == (
        "to_serve", "serve", here.town.agency, None
    )  # fmt: skip
    owed.refresh_from_db()
    assert owed.state == "lapsed"


def test_the_institution_that_hands_it_over_late_has_handed_it_over() -> None:
    here = desk()
    proposal = sent_through_the_hospital(here)
    mark_unopened(now=at(date(2025, 3, 18)))
    acting = for_institution(here.town.officer, here.town.hospital)
    day = date(2025, 3, 19)
    record_receipt(proposal=proposal, channel="institution", received_on=day, remark="回执", acting=acting, now=at(day))
    assert window(proposal).due_on == date(2025, 4, 2)


def test_an_officer_cannot_say_that_somebody_opened_the_notice_on_the_portal() -> None:
    here = desk()
    proposal = notify(proposal=proposed(here, 4), channel="portal", by=here.scorer, now=at(TODAY, 12))
    given = {"proposal": proposal, "received_on": TODAY, "now": at(TODAY, 13)}
    with pytest.raises(Refused) as refused:
        record_receipt(channel="portal", acting=for_agency(here.scorer, here.town.agency), **given)  # type: ignore[arg-type]
    assert (refused.value.code, refused.value.field) == ("portal_opened_by_another", "channel")
    proposal.refresh_from_db()
    assert proposal.state == "notified"


@translation.override("en")
def test_nobody_has_a_notice_before_it_was_sent_nor_on_a_day_to_come() -> None:
    here = desk()
    proposal = notify(proposal=proposed(here, 4), channel="by_hand", by=here.scorer, now=at(TODAY, 12))
    acting, tomorrow = for_agency(here.scorer, here.town.agency), TODAY + timedelta(days=1)
    for day, code, remedy in (
        (TODAY - timedelta(days=1), "received_before_sent", "Enter the day on the receipt"),
        (tomorrow + timedelta(days=1), "received_in_the_future", "March 11, 2025 at the latest"),
    ):
        with pytest.raises(Refused) as refused:
            record_receipt(
                proposal=proposal, channel="by_hand", received_on=day, remark="回执", acting=acting, now=at(tomorrow)
            )
        assert (refused.value.code, refused.value.field) == (code, "received_on")
        assert remedy in str(refused.value.message)
    found = record_receipt(
        proposal=proposal, channel="by_hand", received_on=TODAY, remark="回执", acting=acting, now=at(tomorrow)
    )
    assert (found.state, found.received_on) == ("received", TODAY)

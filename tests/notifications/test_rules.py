"""The rules of notices: who hears of what, what is wrong by a correction, when it is tried again, where it may go."""

from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.models import Kind
from notifications.rules.addresses import GUARDED, MalformedAddress, location, may_connect, plain
from notifications.rules.envelope import Letter, body
from notifications.rules.happenings import CIRCLES, Change, Circle, Happening, circles, happened
from notifications.rules.recall import Told, told_wrong
from notifications.rules.retries import LONGEST_REST, PATIENCE, SCHEDULE, is_overdue, next_try, rest, wish_of
from registry.ledger.law import policies
from registry.models import FactKind
from registry.rules.facts import EntryAnnulled, PointsScored

NOW = datetime(2025, 3, 10, 12, tzinfo=UTC)


# who is told ----------------------------------------------------------------------------------------------------------


def test_everything_that_happens_has_its_circles_and_its_words() -> None:
    assert set(CIRCLES) == set(Happening)
    assert set(Kind.values) == {each.value for each in Happening}


def test_every_kind_of_fact_is_called_something() -> None:
    found = {kind: happened(Change("fact", kind, "normal", "normal")).value for kind in FactKind.values}
    assert found == {
        "points_scored": "points.recorded",
        "entry_annulled": "entry.annulled",
        "entry_revised": "entry.revised",
        "points_relieved": "points.relieved",
        "period_shortened": "period.shortened",
        "reregistered": "standing.restored",
    }


def test_points_that_terminate_are_a_termination_also_where_a_suspension_ends_by_them() -> None:
    periods = frozenset({"suspension", "termination"})
    assert happened(Change("fact", "points_scored", "suspended", "terminated", periods)) == Happening.TERMINATED


def test_points_are_told_to_authorities_and_regions_and_what_is_argued_about_is_not() -> None:
    wide = {Circle.AUTHORITIES, Circle.REGIONS}
    assert wide <= circles(Happening.POINTS_RECORDED, decided_here=True)
    assert not wide & circles(Happening.OBJECTION, decided_here=True)
    assert not wide & circles(Happening.DEADLINE_MISSED, decided_here=True)


@pytest.mark.parametrize("what", Happening)
def test_what_another_register_decided_is_told_to_no_region(what: Happening) -> None:
    assert Circle.REGIONS not in circles(what, decided_here=False)


# what a correction makes wrong ----------------------------------------------------------------------------------------


def scored(number: int, points: int, on: date) -> PointsScored:
    instant = datetime(on.year, on.month, on.day, 4, tzinfo=UTC)
    return PointsScored(
        id=f"e{number}",
        seq=number,
        effective_on=on,
        recorded_at=instant,
        points=points,
        counted_on=on,
        policy="cn-2025",
    )


def test_what_was_told_is_wrong_where_the_entry_counted_and_right_where_it_did_not() -> None:
    before, entry, after = (
        scored(1, 2, date(2025, 2, 3)),
        scored(2, 9, date(2025, 3, 10)),
        scored(3, 1, date(2026, 2, 3)),
    )
    annulled = EntryAnnulled(
        id="c1", seq=4, effective_on=date(2026, 3, 1), recorded_at=datetime(2026, 3, 1, tzinfo=UTC), entry="e2"
    )
    told = [
        Told(1, "e1", before.effective_on, before.recorded_at, "normal", None, 2),
        Told(2, "e2", entry.effective_on, entry.recorded_at, "suspended", date(2025, 7, 10), 11),
        Told(3, None, date(2025, 9, 1), datetime(2025, 9, 1, tzinfo=UTC), "normal", None, 11),
        Told(4, "e3", after.effective_on, after.recorded_at, "normal", None, 1),
    ]
    assert told_wrong(told, [before, entry, after], annulled, policies()) == {2, 3}


# when it is tried again -----------------------------------------------------------------------------------------------


def test_the_schedule_ends_after_three_days_and_three_hours() -> None:
    assert timedelta(hours=75) < sum(SCHEDULE, timedelta()) < timedelta(hours=76)


@given(failures=st.integers(1, 500), chance=st.floats(0, 1, exclude_max=True))
def test_a_wait_is_moved_by_a_tenth_at_most(failures: int, chance: float) -> None:
    plain_wait = SCHEDULE[failures - 1] if failures <= len(SCHEDULE) else timedelta(days=1)
    assert plain_wait * 0.9 <= next_try(failures=failures, chance=chance) <= plain_wait * 1.1 + timedelta(seconds=1)


def test_what_fails_at_the_same_time_does_not_come_again_at_the_same_time() -> None:
    assert len({next_try(failures=2, chance=chance / 10) for chance in range(10)}) == 10


@given(failures=st.integers(0, 10_000))
def test_an_endpoint_rests_longer_and_longer_and_never_too_long(failures: int) -> None:
    assert rest(failures) <= rest(failures + 1) <= LONGEST_REST
    assert (rest(failures) > timedelta(0)) == (failures >= PATIENCE)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        (None, None),
        ("", None),
        ("120", timedelta(seconds=120)),
        (" 5 ", timedelta(seconds=5)),
        ("99999999999999999999", timedelta(days=1)),
        ("-5", None),
        ("soon", None),
        ("١٢", None),
        ("Mon, 10 Mar 2025 12:30:00 GMT", timedelta(minutes=30)),
        ("Mon, 10 Mar 2025 11:30:00 GMT", None),
        ("Mon, 10 Mar 2025 12:30:00", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date_or_not_at_all(text: str | None, wish: timedelta | None) -> None:
    assert wish_of(text, now=NOW) == wish


def test_a_wish_only_makes_a_wait_longer() -> None:
    assert next_try(failures=1, chance=0.5, wish=timedelta(seconds=1)) == timedelta(seconds=5)
    assert next_try(failures=1, chance=0.5, wish=timedelta(days=30)) == timedelta(days=1)


def test_it_is_overdue_after_75_hours() -> None:
    assert not is_overdue(since=NOW, now=NOW + timedelta(hours=74, minutes=59))
    assert is_overdue(since=NOW, now=NOW + timedelta(hours=75))


# where it may go ------------------------------------------------------------------------------------------------------


def test_the_address_of_an_endpoint_is_taken_apart() -> None:
    found = location("https://Notices.Hospital.example:8443/in/box")
    assert (found.host, found.port, found.path) == ("notices.hospital.example", 8443, "/in/box")
    assert location("https://hospital.example").path == "/"


@pytest.mark.parametrize(
    "url",
    [
        "http://hospital.example/",
        "ftp://hospital.example/",
        "//hospital.example/",
        "https:hospital.example",
        "https:///inbox",
        "https://",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://0x7f000001/",
        "https://017700000001/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://1.2.3.4./",
        "https://example.123/",
        "https://example.0x7f/",
        "https://user@hospital.example/",
        "https://user:word@hospital.example/",
        "https://hospital.example#@evil.example/",
        "https://hospital.example\\@evil.example/",
        "https://hospital.example?x=1",
        "https://hospital.example/?x=1",
        "https://hospital.example:0x50/",
        "https://hospital.example:99999/",
        "https://hospital.example:-1/",
        "https://hospital..example/",
        "https://-hospital.example/",
        "https://hospital.example./",
        "https://医院.example/",
        "https://ⓗospital.example/",
        "https://hospital.example/\r\nx: y",
        "https://hospital.example/a b",
        "https://hospital.example/\x00",
        "https://" + "a" * 64 + ".example/",
        "https://" + ".".join(["abc"] * 70) + "/",
        " https://hospital.example/",
        "https://hospital.example /",
        "https://%6c%6fcalhost/",
        "https://localhost%00.example/",
        "javascript://hospital.example/",
    ],
)
def test_no_trick_of_an_address_is_taken(url: str) -> None:
    with pytest.raises(MalformedAddress):
        location(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.1",
        "10.1.2.3",
        "100.64.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.1.1",
        "192.0.0.170",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "100::1",
        "2001:db8::1",
    ],
)
def test_a_wide_approval_opens_no_guarded_address(address: str) -> None:
    everything = [ip_network("0.0.0.0/0"), ip_network("::/0")]
    assert not may_connect(plain(address), everything, [])
    assert not may_connect(plain(address), [ip_network("8.0.0.0/7")], [])


def test_a_public_address_is_reached_by_its_approval_only() -> None:
    assert may_connect(plain("93.184.216.34"), [ip_network("93.184.216.0/24")], [])
    assert may_connect(plain("::ffff:93.184.216.34"), [ip_network("93.184.216.0/24")], [])
    assert not may_connect(plain("93.184.217.34"), [ip_network("93.184.216.0/24")], [])
    assert not may_connect(plain("93.184.216.34"), [], [])


def test_a_private_address_is_reached_by_an_approval_inside_its_block() -> None:
    assert may_connect(plain("10.1.2.3"), [ip_network("10.1.0.0/16")], [])
    assert not may_connect(plain("10.2.2.3"), [ip_network("10.1.0.0/16")], [])
    assert not may_connect(plain("10.1.2.3"), [ip_network("8.0.0.0/5")], [])


def test_our_own_network_stays_closed_also_where_the_private_block_around_it_is_approved() -> None:
    own = [ip_network("10.1.2.0/24")]
    assert not may_connect(plain("10.1.2.3"), [ip_network("10.0.0.0/8")], own)
    assert may_connect(plain("10.1.3.3"), [ip_network("10.0.0.0/8")], own)
    assert may_connect(plain("10.1.2.3"), [ip_network("10.1.2.3/32")], own)


@given(address=st.ip_addresses(), bits=st.integers(0, 32))
def test_nothing_outside_the_approved_network_is_ever_reached(address: object, bits: int) -> None:
    found = plain(str(address))
    network = ip_network((found, min(bits, found.max_prefixlen)), strict=False)
    reached = may_connect(found, [network], [])
    walls = [wall for wall in GUARDED if wall.version == found.version and found in wall]
    assert reached == all(network.prefixlen >= wall.prefixlen for wall in walls)
    assert not may_connect(found, [other for other in GUARDED if found not in other], [])


# what is sent ---------------------------------------------------------------------------------------------------------


def test_a_letter_is_the_same_bytes_every_time_and_a_test_is_about_nobody() -> None:
    letter = Letter("id", "cn", "endpoint.test", "", 1, NOW, "notice", "https://register.example/", ())
    assert body(letter) == body(letter)
    assert b'"subject"' not in body(letter)
    assert b'"type":"demerit-register.endpoint.test.v1"' in body(letter)


def test_no_public_address_lies_in_a_guarded_block() -> None:
    for address in ("8.8.8.8", "1.1.1.1", "114.114.114.114", "2400:3200::1", "2606:4700::1111"):
        assert not any(ip_address(address) in wall for wall in GUARDED)

"""What the shipped policies say, and which one holds where and when."""

from datetime import date

import pytest

from registry.rules.policy import MonthRange, NoPolicyInForce, Policy, load_policies
from registry.rules.policy_frame import RULES
from tests.rules.stories import DRAFT, HUNAN, LIAONING, NATIONAL, POLICIES, TIANJIN

BEIJING, HAINAN = "cn-11-2025", "cn-46-2025"

everyone = pytest.mark.parametrize("policy", POLICIES.values(), ids=list(POLICIES))


def test_seven_policies_are_shipped() -> None:
    assert sorted(POLICIES) == sorted([NATIONAL, HUNAN, LIAONING, TIANJIN, HAINAN, BEIJING, DRAFT])
    assert len(POLICIES) == 7
    assert POLICIES.for_entries == set(POLICIES) - {DRAFT}


def test_the_shipped_law_is_read_once() -> None:
    assert load_policies() is load_policies()


@everyone
def test_every_value_has_its_provision_in_both_languages(policy: Policy) -> None:
    for key, value in policy.values():
        provision = policy.provision(key)
        assert provision.key == value.provision
        assert all([provision.zh, provision.en])
        assert value.certainty in "FLD"


@everyone
def test_a_provision_says_itself_whether_this_register_decided_and_so_no_page_has_to_say_it_again(
    policy: Policy,
) -> None:
    for key, value in policy.values():
        provision, decided = policy.provision(key), value.certainty == "D"
        assert ("this register" in provision.en, "本系统" in provision.zh) == (decided, decided), key


@everyone
def test_every_policy_says_everything_the_law_asks(policy: Policy) -> None:
    keys = [key for key, _ in policy.values()]
    assert {key for key, rule in RULES.items() if rule.needed} <= set(keys)
    assert all(key in policy for key in keys)
    assert keys == sorted(keys, key=list(RULES).index)


@everyone
def test_only_what_the_nation_has_stated_is_firm(policy: Policy) -> None:
    firm = {key.split(".")[0] for key, value in policy.values() if value.certainty == "F"}
    assert firm <= {"thresholds", "bars", "bands", "emergency"}


@everyone
def test_titles_and_situations_speak_both_languages(policy: Policy) -> None:
    assert set(policy.title) == {"zh", "en"}
    for situation in policy.situations.values():
        assert all([situation.zh, situation.en])
        assert situation.provision in policy.provisions


def test_thresholds_and_bars() -> None:
    policy = POLICIES[NATIONAL]
    assert (policy.suspend_at, policy.terminate_at) == (9, 12)
    assert (policy.bar_cumulative, policy.bar_single) == (12, 36)
    assert policy.value("bars.single").certainty == "F"


@pytest.mark.parametrize(
    ("policy_id", "single", "rows"),
    [
        (NATIONAL, True, [(2, 1, 2), (4, 3, 4), (6, 5, 6)]),
        (NATIONAL, False, [(2, 1, 2), (4, 3, 4), (6, 5, 6)]),
        (HUNAN, True, [(2, 1, 2), (4, 3, 4), (6, 5, 6)]),
        (LIAONING, True, [(4, 3, 6), (5, 3, 6), (6, 3, 6)]),
        (LIAONING, False, [(1, 1, 3), (2, 1, 3), (3, 1, 3)]),
        (TIANJIN, True, [(2, 1, 6), (4, 1, 6), (6, 1, 6)]),
        (TIANJIN, False, [(2, 1, 6), (4, 1, 6), (6, 1, 6)]),
    ],
)
def test_months_of_suspension(policy_id: str, single: bool, rows: list[tuple[int, int, int]]) -> None:
    policy = POLICIES[policy_id]
    assert [policy.months(total, single=single) for total in (9, 10, 11)] == [MonthRange(*row) for row in rows]


def test_no_months_below_the_threshold() -> None:
    with pytest.raises(KeyError):
        POLICIES[NATIONAL].months(8, single=True)


def test_what_a_region_does_not_say_is_national() -> None:
    hunan, national = POLICIES[HUNAN], POLICIES[NATIONAL]
    assert hunan.value("bars.single") == national.value("bars.single")
    assert hunan.situations == national.situations
    assert hunan.own_values == {
        "suspension.start",
        *(f"months.{grid}.9.{part}" for grid in ("single", "cumulative") for part in ("min", "max")),
    }


def test_what_regions_differ_in() -> None:
    assert {key: policy.suspension_start for key, policy in POLICIES.items() if key in (NATIONAL, HUNAN)} == {
        NATIONAL: "same_day",
        HUNAN: "next_month",
    }
    assert [key for key, policy in POLICIES.items() if policy.band_shift] == [HAINAN]
    assert [key for key, policy in POLICIES.items() if policy.emergency_exempt("terminated")] == [BEIJING]
    assert all(policy.emergency_exempt("suspended") for policy in POLICIES.values())
    assert POLICIES[TIANJIN].value("remediation.relief_per_year").certainty == "L"
    assert POLICIES[NATIONAL].value("remediation.relief_per_year").certainty == "D"


def test_bands_and_grades() -> None:
    policy = POLICIES[NATIONAL]
    assert policy.bands == {1: (1, 3), 2: (4, 6), 3: (7, 9), 4: (10, 12)}
    grades = ("general", "important", "principal")
    assert [policy.default_points(band, grade) for band in policy.bands for grade in grades] == list(range(1, 13))


@pytest.mark.parametrize(("band", "own", "shifted"), [(1, (1, 3), (1, 6)), (2, (4, 6), (1, 9)), (4, (10, 12), (7, 12))])
def test_hainan_may_leave_the_band_by_one(band: int, own: tuple[int, int], shifted: tuple[int, int]) -> None:
    assert POLICIES[NATIONAL].allowed_points(band) == own
    assert POLICIES[HAINAN].allowed_points(band) == shifted


def test_clocks_are_working_days() -> None:
    clocks = ("objection", "answer", "review", "peer_review", "notice", "unopened")
    assert [POLICIES[NATIONAL].clock(name) for name in clocks] == [10, 10, 30, 20, 5, 5]
    later = ("countersign", "decision", "assignment", "talk", "interview", "training", "deliberation", "measure")
    assert [POLICIES[NATIONAL].clock(name) for name in later] == [5, 10, 5, 10, 10, 20, 20, 10]
    assert [POLICIES[NATIONAL].clock(name) for name in ("identification", "correction")] == [20, 15]


@everyone
def test_only_the_window_of_an_objection_is_not_of_our_own_deciding(policy: Policy) -> None:
    ours = {key for key, value in policy.values() if key.startswith("clocks.") and value.certainty == "D"}
    assert {key for key in RULES if key.startswith("clocks.")} - ours == {"clocks.objection"}


def test_a_panel_decides_by_the_middle_vote_and_two_sign_a_remediation() -> None:
    policy = POLICIES[NATIONAL]
    decided = [policy.value(key) for key in ("panel.outcome", "remediation.signatures")]
    assert [(each.value, each.provision, each.certainty) for each in decided] == [
        ("median", "register", "D"),
        (2, "register", "D"),
    ]


def test_that_a_measure_spares_no_emergency_is_of_our_own_deciding() -> None:
    decided = POLICIES[NATIONAL].value("measures.emergency_exempt")
    assert (decided.value, decided.provision, decided.certainty) == (False, "register", "D")
    assert not any(policy.measures_exempt_emergency for policy in POLICIES.values())


def test_further_numbers_of_the_law() -> None:
    policy = POLICIES[NATIONAL]
    keys = (
        "tiers.talk",
        "tiers.interview",
        "ratios.settlement_paused",
        "ratios.agreement_suspended",
        "panel.size",
        "suspension.confirm_end",
    )
    assert [policy.get(key) for key in keys] == [3, 6, 20, 50, 3, False]
    assert (policy.conduct_from, policy.year_of) == (date(2025, 1, 1), "handling")


def test_the_catalogue_of_situations() -> None:
    situations = POLICIES[NATIONAL].situations
    assert [(code, item.band) for code, item in situations.items()] == [
        (code, int(code[0]))
        for code in "1-01 1-02 1-99 2-01 2-02 2-99 3-01 3-99 4-01 4-02 4-99".split()  # noqa: SIM905
    ]
    assert [code for code, item in situations.items() if item.gate != "handling"] == ["1-02", "3-01", "4-02"]


@pytest.mark.parametrize(
    ("region", "policy_id"),
    [("430102", HUNAN), ("430100", HUNAN), ("430000", HUNAN), ("110101", BEIJING), ("350000", NATIONAL)],
)
def test_the_most_specific_policy_holds(region: str, policy_id: str) -> None:
    assert POLICIES.in_force(region, date(2025, 6, 1)).id == policy_id


def test_the_policy_holds_from_its_first_day() -> None:
    assert POLICIES.in_force("430000", date(2025, 1, 1)).id == HUNAN
    with pytest.raises(NoPolicyInForce, match="no policy is in force in region 430000 on 2024-12-31") as error:
        POLICIES.in_force("430000", date(2024, 12, 31))
    assert (error.value.region, error.value.on) == ("430000", date(2024, 12, 31))


def test_a_draft_is_never_in_force() -> None:
    with pytest.raises(NoPolicyInForce):
        POLICIES.in_force("000000", date(2023, 6, 1))


def test_the_draft_suspends_above_nine_or_twice_above_six() -> None:
    draft = POLICIES[DRAFT]
    assert (draft.draft, draft.suspend_at, draft.two_years_at) == (True, 10, 7)

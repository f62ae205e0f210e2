"""The keys of a policy in words, so that an officer need not read dotted names."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registry.queries.explain import day
from registry.queries.wording import listed

GROUPS: list[tuple[tuple[str, ...], str | Promise]] = [
    (("thresholds.", "bars.", "bands.", "points."), _("Points and thresholds")),
    (("counting.",), _("Counting")),
    (("suspension.", "months."), _("Suspension")),
    (("emergency.", "registration.", "status_list."), _("Settlement and registration")),
    (("clocks.", "procedure.", "panel."), _("Procedure")),
    (("tiers.", "remediation.", "ratios.", "measures."), _("Talks, remediation, institutions")),
    (("retention.",), _("How long records are kept")),
    (("mail.",), _("Notices by e-mail")),
    (("publication.",), _("What authorities and the public are shown")),
]

_RULES: Mapping[str, str | Promise] = {
    "thresholds.suspend": _("Suspended from this total of a year"),
    "thresholds.terminate": _("Terminated from this total of a year, or by one entry of it"),
    "thresholds.each_of_two_years": _("Suspended when each of two years has this total"),
    "bars.cumulative": _("Bar after a termination by the total (months)"),
    "bars.single": _("Bar after a termination by one entry (months)"),
    "bands.shift": _("Bands by which points may leave their own"),
    "points.general": _("Default for general responsibility"),
    "points.important": _("Default for important responsibility"),
    "points.principal": _("Default for principal responsibility"),
    "counting.year": _("The year that owns the points is that of"),
    "counting.conduct_from": _("Only conduct from this day on is scored"),
    "suspension.start": _("A suspension starts on"),
    "suspension.overlapping": _("Suspensions that overlap are"),
    "suspension.confirm_end": _("The agency confirms the end by hand"),
    "emergency.suspended": _("Emergency is paid while suspended"),
    "emergency.terminated": _("Emergency is paid while terminated"),
    "registration.required": _("Registration and commitment come first"),
    "clocks.objection": _("Objection (working days)"),
    "clocks.answer": _("Answer (working days)"),
    "clocks.review": _("Review (working days)"),
    "clocks.peer_review": _("Peer review (working days)"),
    "clocks.notice": _("Notice (working days)"),
    "clocks.unopened": _("Unopened notices are served by hand after (working days)"),
    "clocks.countersign": _("Second signature (working days)"),
    "clocks.decision": _("Decision of what waits for the agency (working days)"),
    "clocks.assignment": _("An objection gets its reviewer (working days)"),
    "clocks.identification": _("Identification of who answers for a case (working days)"),
    "clocks.talk": _("Talk with the person (working days)"),
    "clocks.interview": _("Interview with the person (working days)"),
    "clocks.training": _("Training after a suspension or termination (working days)"),
    "clocks.deliberation": _("Deliberation on remediation (working days)"),
    "clocks.measure": _("Decision on a measure against an institution (working days)"),
    "clocks.correction": _("Answer to a person who asks for a correction of the own file (working days)"),
    "procedure.silence_decides": _("Silence turns a proposal into a decision"),
    "procedure.countersignature_needed": _("An objection needs the institution's countersignature"),
    "procedure.newly_blocked_days_reclaimed": _("Days newly blocked by a correction are reclaimed"),
    "panel.size": _("Experts on a panel"),
    "panel.years_apart": _("Years since an expert worked at the same institution"),
    "panel.outcome": _("The outcome of a panel is"),
    "tiers.talk": _("The institution talks with the person from"),
    "tiers.interview": _("Interview and key supervision from"),
    "remediation.relief_per_activity": _("Relief per activity (points)"),
    "remediation.relief_per_year": _("Relief per year (points)"),
    "remediation.activities": _("Activities that count"),
    "remediation.shortest_percent": _("Part of its length that a period keeps (per cent)"),
    "remediation.single_termination_shortened": _("The bar of 12 points at once may be shortened"),
    "remediation.signatures": _("Signatures under a relief or a shortening"),
    "ratios.settlement_paused": _("Settlement is paused from this share of staff (per cent)"),
    "ratios.agreement_suspended": _("The agreement is suspended from this share of staff (per cent)"),
    "ratios.staff_counted": _("Staff are counted on"),
    "measures.emergency_exempt": _("Emergency is paid while a measure against the institution holds"),
    "retention.rosters": _("Uploaded rosters, after the upload (days)"),
    "retention.claims": _("Files of claims and their results, after they were received (days)"),
    "retention.sign_in_attempts": _("Attempts to sign in, after the last of them (days)"),
    "retention.access_codes": _("Codes of access, after they were used, ended or ran out (days)"),
    "retention.drafts": _("Drafts of objections and appeals, after they were last changed (days)"),
    "retention.unfinished_attempts": _("Attempts at a test that were never handed in, after the activity ended (days)"),
    "retention.mail_addresses": _("Addresses for e-mail that were not confirmed, or count no more (days)"),
    "retention.status_lists": _("Offline lists of the settlement check, after they were made (days)"),
    "status_list.valid": _("The offline list of the settlement check is refused after (hours)"),
    "mail.confirmation": _("The link that confirms an address for e-mail holds for (days)"),
    "retention.facts": _("What was recorded of people, and its chain"),
    "retention.files": _("Files handed in: evidence, receipts, and those never used"),
    "retention.answers": _("Answers given to programs"),
    "retention.attempts": _("Attempts at a test that were handed in"),
    "retention.openings": _("Who opened whose file, and why"),
    "retention.correction_requests": _("Requests for corrections and their answers"),
    "retention.certificates": _("Certificates of standing"),
    "retention.sharing": _("Sharing codes, and who looked with them"),
    "publication.public.fewest": _("Public figures: counts below this are not shown"),
    "publication.authorities.points": _("Points entries, after the year that owns them (months)"),
    "publication.authorities.suspension": _("Suspensions, after their end (months)"),
    "publication.authorities.termination": _("Terminations, after the person is registered again (months)"),
}
_GRIDS: Mapping[str, str | Promise] = {
    "single": _("Suspension for %(total)s points in one entry"),
    "cumulative": _("Suspension for a total of %(total)s points"),
}
_VALUES: Mapping[Any, str | Promise] = {
    "handling": _("the handling"),
    "decision": _("the decision"),
    "same_day": _("the same day"),
    "next_day": _("the next day"),
    "next_month": _("the first day of the next month"),
    "joined": _("joined into one"),
    "lowest": _("the lowest of the band"),
    "middle": _("the middle of the band"),
    "highest": _("the highest of the band"),
    "day_asked": _("the day asked about"),
    "median": _("the vote in the middle: a majority wants no more points, and a majority no fewer"),
    "policy_publicity": _("policy publicity"),
    "training": _("training"),
    "study": _("study with a test"),
    "study_with_test": _("study with a test"),
    "inspection": _("joining inspections"),
    "joining_inspections": _("joining inspections"),
    "reporting": _("reporting"),
    "for_ever": _("for ever"),
    "never": _("never"),
}


def rules_of(keys: list[str]) -> list[tuple[str, ...]]:
    """The keys of a policy put together where they make one rule: a band, or the months for one total."""
    rules: dict[str, list[str]] = {}
    for key in keys:
        together = key.startswith("months.") or (key.startswith("bands.") and key.count(".") == 2)
        rules.setdefault(key.rpartition(".")[0] if together else key, []).append(key)
    return [tuple(rule) for rule in rules.values()]


def rule_words(keys: tuple[str, ...]) -> str:
    """What a rule is about."""
    parts = keys[0].split(".")
    if parts[0] == "months":
        return str(_GRIDS[parts[1]]) % {"total": parts[2]}
    if parts[0] == "bands" and len(parts) == 3:
        return gettext("Points of band %(band)s") % {"band": parts[1]}
    return str(_RULES.get(keys[0], keys[0]))


def says(keys: tuple[str, ...], values: Mapping[str, Any]) -> str:
    """What a rule says, given its values."""
    parts = {key.rpartition(".")[2]: values[key] for key in keys}
    if {"default", "min", "max"} <= parts.keys():
        return gettext("%(default)s months (%(min)s to %(max)s)") % parts
    if {"lo", "hi"} <= parts.keys():
        return f"{parts['lo']}–{parts['hi']}"
    return value_words(values[keys[0]])


def value_words(value: Any) -> str:
    """A value of a policy as text."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, date):
        return day(value)
    if isinstance(value, list):
        return listed(value_words(item) for item in value)
    return str(_VALUES.get(value, value))

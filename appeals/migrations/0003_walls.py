from django.db import migrations

from registry.migrations._walls import REGIONS, USER, Rule, agency, either, named_by, own, person, place, walls, within

EXPERTS = f"""
CREATE VIEW appeals_experts_of_the_user AS SELECT id FROM appeals_expert WHERE user_id = {USER};

CREATE VIEW appeals_experts_of_the_region AS
    SELECT at.expert_id FROM appeals_expertplace at JOIN registry_institution place ON place.id = at.institution_id
    WHERE place.region_id LIKE ANY {REGIONS};

CREATE VIEW appeals_experts_of_some_place AS SELECT expert_id FROM appeals_expertplace;

CREATE VIEW appeals_applications_of_the_user AS
    SELECT given.application_id FROM appeals_opinion given
    JOIN appeals_experts_of_the_user mine ON mine.id = given.expert_id;

CREATE VIEW appeals_cases_of_the_user AS
    SELECT judged.id AS objection_id, judged.practitioner_id, of.id AS case_id, of.handling_id, of.trigger_id
    FROM appeals_experts_of_the_user mine
    JOIN appeals_seat held ON held.expert_id = mine.id
    JOIN appeals_panel panel ON panel.id = held.panel_id
    JOIN appeals_objection judged ON judged.id = panel.objection_id
    LEFT JOIN registry_case of ON of.id = judged.case_id;

GRANT SELECT ON appeals_experts_of_the_user, appeals_experts_of_the_region, appeals_experts_of_some_place,
    appeals_applications_of_the_user, appeals_cases_of_the_user TO registry_reader;
"""

NO_EXPERTS = """
DROP VIEW appeals_cases_of_the_user;
DROP VIEW appeals_applications_of_the_user;
DROP VIEW appeals_experts_of_some_place;
DROP VIEW appeals_experts_of_the_region;
DROP VIEW appeals_experts_of_the_user;
"""

SHOWN = either(
    named_by("appeals_evidence", "file_id"),
    named_by("appeals_evidence", "shown_id"),
    named_by("appeals_objection", "signature_id"),
    named_by("appeals_externaloutcome", "file_id"),
    named_by("appeals_attendance", "evidence_id"),
)
"""A stored file is in sight as evidence, too."""


def _in_the_pool(table: str) -> str:
    """An expert of a region in sight; one of no place yet, for whoever sees any region."""
    return (
        f"EXISTS (SELECT FROM appeals_experts_of_the_region r WHERE r.expert_id = {table}.id)"
        f" OR NOT EXISTS (SELECT FROM appeals_experts_of_some_place s WHERE s.expert_id = {table}.id)"
        f" AND cardinality({REGIONS}) > 0"
    )


def _offered_here(table: str) -> str:
    """A part in an activity that an agency or an institution in sight offers."""
    by_agency, by_place = agency().condition("offer"), place().condition("offer")
    return f"EXISTS (SELECT FROM appeals_activity offer WHERE offer.id = {table}.activity_id AND ({by_agency} OR {by_place}))"


_mine = named_by("appeals_experts_of_the_user", "id", "expert_id")
_parties = either(agency(), person())
_objection = either(_parties, named_by("appeals_cases_of_the_user", "objection_id"))
_point = within("appeals_objection", "objection_id")
_evidence = within("appeals_pointofdispute", "point_id")
_seat = either(within("appeals_panel", "panel_id"), _mine)
_application = either(agency(), person(), named_by("appeals_applications_of_the_user", "application_id"))
_attendance = either(person(), Rule(_offered_here))
_expert = either(own(), Rule(_in_the_pool), named_by("appeals_seat", "expert_id"))
_of_expert = within("appeals_expert", "expert_id")

OBJECTIONS = {
    "appeals_objection": _objection,
    "appeals_historicalobjection": _objection,
    "appeals_pointofdispute": _point,
    "appeals_historicalpointofdispute": _point,
    "appeals_evidence": _evidence,
    "appeals_historicalevidence": _evidence,
    "appeals_externaloutcome": _parties,
    "appeals_externalpoint": within("appeals_externaloutcome", "outcome_id"),
    "appeals_panel": _point,
    "appeals_historicalpanel": _point,
    "appeals_panel_points": within("appeals_panel", "panel_id"),
    "appeals_seat": _seat,
    "appeals_historicalseat": _seat,
    "appeals_vote": within("appeals_seat", "seat_id"),
}

REPAIR = {
    "appeals_application": _application,
    "appeals_historicalapplication": _application,
    "appeals_attendance": _attendance,
    "appeals_historicalattendance": _attendance,
    "appeals_opinion": either(within("appeals_application", "application_id"), _mine),
}

POOL = {
    "appeals_expert": _expert,
    "appeals_historicalexpert": _expert,
    "appeals_expertplace": _of_expert,
    "appeals_historicalexpertplace": _of_expert,
    "appeals_expertavailability": _of_expert,
    "appeals_historicalexpertavailability": _of_expert,
    "appeals_expertconflict": _of_expert,
    "appeals_historicalexpertconflict": _of_expert,
}


JUDGED = {
    "registry_practitioner": named_by("appeals_cases_of_the_user", "practitioner_id"),
    "registry_case": named_by("appeals_cases_of_the_user", "case_id"),
    "registry_handling": named_by("appeals_cases_of_the_user", "handling_id"),
    "registry_personaltrigger": named_by("appeals_cases_of_the_user", "trigger_id"),
}
"""What an expert comes to over the own seat; the rest of the file without names is put together for them."""


def _further(policy: str, table: str, rule: Rule) -> migrations.RunSQL:
    """Let a table be seen for one more reason."""
    return migrations.RunSQL(
        f"{' '.join(rule.functions)}"
        f" CREATE POLICY {policy} ON {table} FOR SELECT TO registry_reader USING ({rule.condition(table)})",
        f"DROP POLICY {policy} ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("appeals", "0002_guards"), ("registry", "0013_walls")]

    operations = [
        migrations.RunSQL(EXPERTS, NO_EXPERTS),
        *walls({**OBJECTIONS, **REPAIR, **POOL}),
        *(_further("judged_by_the_user", table, rule) for table, rule in JUDGED.items()),
        _further("in_sight_as_evidence", "registry_storedfile", SHOWN),
    ]

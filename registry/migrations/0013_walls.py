from django.db import migrations

from registry.migrations._walls import (
    NO_PEOPLE,
    PEOPLE,
    ROLE,
    agency,
    either,
    in_region_of,
    named_by,
    own,
    person,
    place,
    walls,
    within,
)

FILE = {
    "registry_practitioner": person("id"),
    "registry_historicalpractitioner": person("id"),
    "registry_filemerge": either(person("kept_id"), person("absorbed_id")),
    "registry_enrolmentcode": either(person(), place()),
    "registry_historicalenrolmentcode": either(person(), place()),
    "registry_correctionrequest": either(person(), agency()),
    "registry_historicalcorrectionrequest": either(person(), agency()),
    "registry_changeseen": within("registry_standingchange", "change_id"),
    **{
        f"registry_{name}": person()
        for name in (
            "personalcode",
            "practitionername",
            "identitydocument",
            "certificate",
            "historicalcertificate",
            "registration",
            "historicalregistration",
            "staffrecord",
            "historicalstaffrecord",
            "accessrecord",
            "fact",
            "sanctionperiod",
            "standingspan",
            "standingchange",
            "emergencycheck",
        )
    },
}

_handled_here = in_region_of("registry_handling", "handling_id", by="institution")
_found_here = in_region_of("registry_personaltrigger", "trigger_id", by="agency")
_of_the_case = in_region_of("registry_case", "case_id", by="agency")

_handling = either(place(), named_by("registry_handlings_in_sight", "handling_id"))
_trigger = either(person(), agency())
_responsibility = either(person(), _handled_here, _found_here)
_case = either(agency(), within("registry_handling", "handling_id"), within("registry_personaltrigger", "trigger_id"))
_proposal = either(person(), _of_the_case)

CASES = {
    "registry_handling": _handling,
    "registry_historicalhandling": _handling,
    "registry_personaltrigger": _trigger,
    "registry_historicalpersonaltrigger": _trigger,
    "registry_responsibility": _responsibility,
    "registry_historicalresponsibility": _responsibility,
    "registry_pointsentry": _responsibility,
    "registry_case": _case,
    "registry_historicalcase": _case,
    "registry_casefile": _of_the_case,
    "registry_proposal": _proposal,
    "registry_historicalproposal": _proposal,
    "registry_proposedentry": within("registry_proposal", "proposal_id"),
    "registry_historicalproposedentry": within("registry_proposal", "proposal_id"),
    "registry_delivery": within("registry_proposal", "proposal_id"),
    "registry_procedurestep": either(
        person(), _of_the_case, named_by("registry_institutionmeasure", "uuid", key="subject", of="uuid")
    ),
    "registry_task": either(agency(), place(), own(), person()),
    "registry_storedfile": either(
        own("handed_in_by_id"),
        named_by("registry_casefile", "file_id"),
        named_by("registry_delivery", "receipt_id"),
        named_by("registry_task", "file_id"),
    ),
}

_measure = either(place(), agency())

PLACES = {
    "registry_institutionmeasure": _measure,
    "registry_historicalinstitutionmeasure": _measure,
    "registry_measureperiod": within("registry_institutionmeasure", "measure_id"),
    "registry_historicalmeasureperiod": within("registry_institutionmeasure", "measure_id"),
    "registry_rosterjob": place(),
    "registry_rosterrow": within("registry_rosterjob", "job_id"),
}

SIGN_IN = """
GRANT INSERT, UPDATE, DELETE ON django_session, registry_cache, registry_signinattempt, mfa_authenticator,
    account_emailaddress, account_emailconfirmation TO registry_reader;
GRANT INSERT, UPDATE ON registry_passwordage TO registry_reader;
GRANT UPDATE ON registry_user TO registry_reader;
GRANT UPDATE (last_used_at) ON registry_apikey TO registry_reader;
GRANT INSERT ON registry_givenanswer TO registry_reader;
"""
"""What is written on the way to an act: who is at the door, and which answer was given."""


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0012_enrolment"),
        ("sessions", "0001_initial"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [
        migrations.RunSQL(ROLE, migrations.RunSQL.noop),
        migrations.RunSQL(PEOPLE, NO_PEOPLE),
        *walls({**FILE, **CASES, **PLACES}),
        migrations.RunSQL(SIGN_IN, migrations.RunSQL.noop),
    ]

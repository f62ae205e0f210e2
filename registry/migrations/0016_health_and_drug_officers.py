"""Officers of health and drug authorities hold a role of their own, which is shown what is published, and no case."""

from django.db import migrations, models

MOVE = """
    UPDATE registry_assignment SET role = 'health_or_drug_officer'
    FROM registry_authority
    WHERE registry_authority.id = authority_id AND role = 'authority_officer' AND kind <> 'healthcare_security'
"""
KEEP = """
    INSERT INTO registry_historicalassignment (
        id, role, starts_on, ends_on, user_id, agency_id, institution_id, authority_id, region_id, practitioner_id,
        history_date, history_type, history_change_reason
    )
    SELECT id, role, starts_on, ends_on, user_id, agency_id, institution_id, authority_id, region_id, practitioner_id,
        now(), '~', 'a role of their own for officers of health and drug authorities'
    FROM registry_assignment WHERE role = 'health_or_drug_officer'
"""
BACK = "UPDATE registry_assignment SET role = 'authority_officer' WHERE role = 'health_or_drug_officer'"


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0015_resealing"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="assignment",
            name="a_role_is_held_where_it_belongs",
        ),
        migrations.AlterField(
            model_name="assignment",
            name="role",
            field=models.CharField(
                choices=[
                    ("administrator", "administrator"),
                    ("security_administrator", "security administrator"),
                    ("auditor", "auditor"),
                    ("agency_officer", "agency officer"),
                    ("reviewer", "reviewer"),
                    ("authority_officer", "authority officer"),
                    ("health_or_drug_officer", "officer of a health or drug authority"),
                    ("compliance_officer", "compliance officer"),
                    ("expert", "expert"),
                    ("practitioner", "practitioner"),
                    ("support", "support"),
                    ("other_region", "register of another region"),
                ],
                max_length=24,
                verbose_name="role",
            ),
        ),
        migrations.AlterField(
            model_name="historicalassignment",
            name="role",
            field=models.CharField(
                choices=[
                    ("administrator", "administrator"),
                    ("security_administrator", "security administrator"),
                    ("auditor", "auditor"),
                    ("agency_officer", "agency officer"),
                    ("reviewer", "reviewer"),
                    ("authority_officer", "authority officer"),
                    ("health_or_drug_officer", "officer of a health or drug authority"),
                    ("compliance_officer", "compliance officer"),
                    ("expert", "expert"),
                    ("practitioner", "practitioner"),
                    ("support", "support"),
                    ("other_region", "register of another region"),
                ],
                max_length=24,
                verbose_name="role",
            ),
        ),
        migrations.RunSQL(MOVE, BACK),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("agency", None),
                        ("authority", None),
                        ("institution", None),
                        ("practitioner", None),
                        ("role", "administrator"),
                    ),
                    models.Q(
                        ("agency", None),
                        ("authority", None),
                        ("institution", None),
                        ("practitioner", None),
                        ("region", None),
                        ("role__in", ["security_administrator", "auditor", "expert", "support"]),
                    ),
                    models.Q(
                        ("agency__isnull", False),
                        ("authority", None),
                        ("institution", None),
                        ("practitioner", None),
                        ("region", None),
                        ("role__in", ["agency_officer", "reviewer"]),
                    ),
                    models.Q(
                        ("agency", None),
                        ("authority__isnull", False),
                        ("institution", None),
                        ("practitioner", None),
                        ("region", None),
                        ("role__in", ["authority_officer", "health_or_drug_officer"]),
                    ),
                    models.Q(
                        ("agency", None),
                        ("authority", None),
                        ("institution__isnull", False),
                        ("practitioner", None),
                        ("region", None),
                        ("role__in", ["compliance_officer"]),
                    ),
                    models.Q(
                        ("agency", None),
                        ("authority", None),
                        ("institution", None),
                        ("practitioner__isnull", False),
                        ("region", None),
                        ("role__in", ["practitioner"]),
                    ),
                    _connector="OR",
                ),
                name="a_role_is_held_where_it_belongs",
            ),
        ),
    ]

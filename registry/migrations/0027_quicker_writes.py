"""Decisions are written with less work: one function locks people and reads their facts, and indexes that nobody asks go.

Histories are read by the id of their record; the items of a proposal are found by their situations. Indexes go while
everybody goes on writing.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import registry.models.identifiers

LOCK = """
CREATE FUNCTION registry_lock_people(asked bigint[])
RETURNS TABLE (
    absorbed bigint, kept bigint, merged_at timestamptz, parted_at timestamptz,
    file bigint, decided_at timestamptz, origin varchar, origin_seq bigint, origin_id uuid, kind varchar,
    effective_on date, recorded_at timestamptz, points smallint, counted_on date, policy varchar, months smallint,
    days smallint, entry uuid, fact bigint, chain_no integer, hash bytea
)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    held bigint[] := asked;
    theirs bigint[];
BEGIN
    LOOP
        BEGIN
            PERFORM FROM registry_practitioner WHERE id = ANY (held) ORDER BY id FOR NO KEY UPDATE;
            -- a statement of its own, so it sees what was committed while the lock was waited for
            WITH RECURSIVE reached(id) AS (
                SELECT unnest(asked)
                UNION
                SELECT other FROM reached CROSS JOIN LATERAL (
                    SELECT m.kept_id FROM registry_filemerge AS m WHERE m.absorbed_id = reached.id AND undone_at IS NULL
                    UNION ALL
                    SELECT m.absorbed_id FROM registry_filemerge AS m WHERE m.kept_id = reached.id AND undone_at IS NULL
                ) AS neighbour(other)
            )
            SELECT array_agg(id) INTO theirs FROM reached;
            EXIT WHEN theirs <@ held;
            -- whoever held one file of a person while waiting for another could wait for ever: let go, and lock anew
            RAISE EXCEPTION USING ERRCODE = 'RG001';
        EXCEPTION WHEN SQLSTATE 'RG001' THEN
            held := theirs;
        END;
    END LOOP;
    -- first the merges, then the facts
    RETURN QUERY SELECT m.absorbed_id, m.kept_id, m.recorded_at, m.undone_at, NULL::bigint, NULL::timestamptz,
            NULL::varchar, NULL::bigint, NULL::uuid, NULL::varchar, NULL::date, NULL::timestamptz, NULL::smallint,
            NULL::date, NULL::varchar, NULL::smallint, NULL::smallint, NULL::uuid, NULL::bigint, NULL::integer, NULL::bytea
        FROM registry_filemerge AS m WHERE m.absorbed_id = ANY (theirs) AND m.undone_at IS NULL;
    RETURN QUERY SELECT NULL::bigint, NULL::bigint, NULL::timestamptz, NULL::timestamptz, f.practitioner_id, f.decided_at,
            f.origin, f.origin_seq, f.origin_id, f.kind, f.effective_on, f.recorded_at, f.points, f.counted_on, f.policy,
            f.months, f.days, e.origin_id, f.id, f.chain_no, f.hash
        FROM registry_fact AS f LEFT JOIN registry_fact AS e ON e.id = f.entry_id
        WHERE f.practitioner_id = ANY (theirs);
END $$;
"""

UNUSED = (
    "registry_historicalcase_agency_id_f4dad360",
    "registry_historicalcase_handling_id_3c1b2b39",
    "registry_historicalcase_number_f7dd460e",
    "registry_historicalcase_number_f7dd460e_like",
    "registry_historicalcase_opened_by_id_b4b39143",
    "registry_historicalcase_trigger_id_0ed31854",
    "registry_historicalcase_uuid_71f1ff51",
    "registry_historicalproposal_case_id_299398a8",
    "registry_historicalproposal_countersigned_by_id_c46ecd5b",
    "registry_historicalproposal_practitioner_id_01437ea4",
    "registry_historicalproposal_proposed_by_id_7aba0d84",
    "registry_historicalproposal_responsibility_id_e1937c88",
    "registry_historicalproposal_uuid_0fbad035",
    "registry_historicalproposedentry_entry_id_69ca3a6b",
    "registry_historicalproposedentry_proposal_id_ce7a970b",
    "registry_proposedentry_proposal_id_9863c447",
)

COLUMNS = [
    migrations.AlterField(
        model_name="historicalcase",
        name="agency",
        field=models.ForeignKey(
            blank=True,
            db_constraint=False,
            db_index=False,
            null=True,
            on_delete=django.db.models.deletion.DO_NOTHING,
            related_name="+",
            to="registry.agency",
            verbose_name="agency",
        ),
    ),
    migrations.AlterField(
        model_name="historicalcase",
        name="handling",
        field=models.ForeignKey(
            blank=True,
            db_constraint=False,
            db_index=False,
            null=True,
            on_delete=django.db.models.deletion.DO_NOTHING,
            related_name="+",
            to="registry.handling",
        ),
    ),
    migrations.AlterField(
        model_name="historicalcase",
        name="number",
        field=models.CharField(max_length=24, verbose_name="case number"),
    ),
    migrations.AlterField(
        model_name="historicalcase",
        name="opened_by",
        field=models.ForeignKey(
            blank=True,
            db_constraint=False,
            db_index=False,
            null=True,
            on_delete=django.db.models.deletion.DO_NOTHING,
            related_name="+",
            to=settings.AUTH_USER_MODEL,
        ),
    ),
    migrations.AlterField(
        model_name="historicalcase",
        name="trigger",
        field=models.ForeignKey(
            blank=True,
            db_constraint=False,
            db_index=False,
            null=True,
            on_delete=django.db.models.deletion.DO_NOTHING,
            related_name="+",
            to="registry.personaltrigger",
        ),
    ),
    migrations.AlterField(
        model_name="historicalcase",
        name="uuid",
        field=models.UUIDField(default=registry.models.identifiers.uuid7, editable=False),
    ),
    migrations.AlterField(
        model_name="historicalproposal",
        name="case",
        field=models.ForeignKey(
            blank=True,
            db_constraint=False,
            db_index=False,
            null=True,
            on_delete=django.db.models.deletion.DO_NOTHING,
            related_name="+",
            to="registry.case",
            verbose_name="case",
        ),
    ),
    migrations.AlterField(
        model_name="historicalproposal",
        name="countersigned_by",
        field=models.ForeignKey(
            blank=True,
            db_constraint=False,
            db_index=False,
            null=True,
            on_delete=django.db.models.deletion.DO_NOTHING,
            related_name="+",
            to=settings.AUTH_USER_MODEL,
        ),
    ),
    migrations.AlterField(
        model_name="historicalproposal",
        name="practitioner",
        field=models.ForeignKey(
            blank=True,
            db_constraint=False,
            db_index=False,
            null=True,
            on_delete=django.db.models.deletion.DO_NOTHING,
            related_name="+",
            to="registry.practitioner",
            verbose_name="practitioner",
        ),
    ),
    migrations.AlterField(
        model_name="historicalproposal",
        name="proposed_by",
        field=models.ForeignKey(
            blank=True,
            db_constraint=False,
            db_index=False,
            null=True,
            on_delete=django.db.models.deletion.DO_NOTHING,
            related_name="+",
            to=settings.AUTH_USER_MODEL,
        ),
    ),
    migrations.AlterField(
        model_name="historicalproposal",
        name="responsibility",
        field=models.ForeignKey(
            blank=True,
            db_constraint=False,
            db_index=False,
            null=True,
            on_delete=django.db.models.deletion.DO_NOTHING,
            related_name="+",
            to="registry.responsibility",
        ),
    ),
    migrations.AlterField(
        model_name="historicalproposal",
        name="uuid",
        field=models.UUIDField(default=registry.models.identifiers.uuid7, editable=False),
    ),
    migrations.AlterField(
        model_name="historicalproposedentry",
        name="entry",
        field=models.ForeignKey(
            blank=True,
            db_constraint=False,
            db_index=False,
            null=True,
            on_delete=django.db.models.deletion.DO_NOTHING,
            related_name="+",
            to="registry.pointsentry",
        ),
    ),
    migrations.AlterField(
        model_name="historicalproposedentry",
        name="proposal",
        field=models.ForeignKey(
            blank=True,
            db_constraint=False,
            db_index=False,
            null=True,
            on_delete=django.db.models.deletion.DO_NOTHING,
            related_name="+",
            to="registry.proposal",
        ),
    ),
    migrations.AlterField(
        model_name="proposedentry",
        name="proposal",
        field=models.ForeignKey(
            db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="items", to="registry.proposal"
        ),
    ),
]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("registry", "0026_indexes_at_scale")]
    operations = [
        migrations.RunSQL(LOCK, "DROP FUNCTION registry_lock_people(bigint[])"),
        *(migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {name}", migrations.RunSQL.noop) for name in UNUSED),
        migrations.SeparateDatabaseAndState(state_operations=COLUMNS),
    ]

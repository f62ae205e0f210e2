"""What the tables stand on: extensions, the application's role, and the privileges it has on tables to come."""

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations

ROLE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'registry_app') THEN
        CREATE ROLE registry_app;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$ BEGIN
    IF NOT pg_has_role(current_user, 'registry_app', 'MEMBER') THEN
        GRANT registry_app TO CURRENT_USER;
    END IF;
END $$;
GRANT USAGE ON SCHEMA public TO registry_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO registry_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO registry_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO registry_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO registry_app;
"""

SEQUENCES = """
CREATE SEQUENCE registry_fact_origin_seq AS bigint;
CREATE SEQUENCE registry_provisional_code AS bigint;
"""


FOUNDATIONS = [
    BtreeGistExtension(),
    TrigramExtension(),
    migrations.RunSQL(ROLE, migrations.RunSQL.noop),
    migrations.RunSQL(SEQUENCES, "DROP SEQUENCE registry_fact_origin_seq; DROP SEQUENCE registry_provisional_code"),
]

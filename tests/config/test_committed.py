import psycopg
import pytest
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import ProgrammingError, connection

from tests.committed import Furniture


@pytest.mark.django_db
def test_the_application_owns_no_table_and_makes_none() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchone() == (0,)
        with pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute("CREATE TABLE mine (id int)")


def test_what_a_committing_test_wrote_is_gone_and_what_the_migrations_left_is_there(
    committed: None, furniture: Furniture
) -> None:
    kinds = ContentType.objects.count()
    get_user_model().objects.create_user("zhang-wei")
    ContentType.objects.create(app_label="elsewhere", model="thing")
    connection.close()
    furniture.put_back()
    assert not get_user_model().objects.exists()
    assert ContentType.objects.count() == kinds


def test_triggers_that_refuse_alteration_stand_again_after_the_cleaning(committed: None, furniture: Furniture) -> None:
    furniture.put_back()
    with psycopg.connect(**furniture.parameters) as owner, pytest.raises(psycopg.Error, match="append-only"):
        owner.execute("TRUNCATE registry_fact CASCADE")

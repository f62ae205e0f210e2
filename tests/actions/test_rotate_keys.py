"""One key takes the place of another while the register works: everything opens and is found before, during, after."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.db.models import BinaryField

from appeals.actions.ballots import begin_vote, write_vote
from appeals.actions.drafts import begin_draft, write_point
from appeals.models import Draft, DraftBallot, DraftFile, Panel, Seat, VoteDraft
from appeals.queries.pool import seed_of
from registry.actions.answers import Answer, once
from registry.actions.errors import Refused
from registry.actions.files import keep_file, read_file
from registry.actions.keys import issue_key
from registry.actions.people import add_document, match, register_practitioner
from registry.claims import jobs as claims
from registry.claims import pieces
from registry.config.database import as_owner
from registry.ledger.checking import differences
from registry.management.commands.rotate_keys import EVERYWHERE, Command
from registry.models import ApiKey, ClaimsCheck, IdentityDocument, Practitioner, RosterJob, StoredFile
from registry.models.vault import Vault
from registry.queries.people import find_by_document
from registry.rosters import jobs
from registry.rosters.reporting import opened, original
from tests.appeals.peers import asked, cast, drawn, experts, user_of
from tests.casework import Desk, desk
from tests.pages.standing import account
from tests.rosters.sheets import li, wang, xlsx
from tests.rotating import ADDING, NEW_ONLY, OLD_ONLY, ROTATING, use
from tests.rules import sample_files
from tests.town import TODAY, at

NUMBER, OTHER = "11010519491231002X", "440304198001010019"
ROSTER_DAY = at(date(2026, 3, 2))


@pytest.fixture(params=["with numbers", "without"])
def here(request: pytest.FixtureRequest, committed: None, settings: Any) -> Iterator[Desk]:
    """A register with something in every place that holds seals, all under the old key."""
    use(settings, OLD_ONLY)
    with pytest.MonkeyPatch.context() as earlier:
        if request.param == "without":
            earlier.setattr(Vault, "seal", _seal_of_before)
        made = desk()
        _fill(made)
    yield made
    connection.close()


def _seal_of_before(vault: Vault, content: bytes) -> bytes:
    """As the register sealed while there was one key, and no number."""
    nonce = os.urandom(12)
    return nonce + vault._ciphers[1].encrypt(nonce, content, vault._owner)


def _fill(here: Desk) -> None:
    for code, name, number in (("N7", "张丽", NUMBER), ("N8", "赵敏", OTHER)):
        register_practitioner(
            code=code, name=name, category="nurse", document=("other", number), by=None, now=at(TODAY)
        )
    keep_file(name="证据.pdf", content=sample_files.pdf(), by=None, now=at(TODAY))
    _ask_again()
    jobs.work(
        jobs.upload(
            institution=here.town.hospital,
            filename="r.xlsx",
            content=xlsx(wang(), li()),
            category="",
            by=None,
            now=ROSTER_DAY,
        ),
        clock=lambda: ROSTER_DAY,
    )
    _hand_in_claims(here)
    experts(here)
    first, second, _third = asked(drawn(here))
    cast(first, None)
    writes = {"seat": second, "by": user_of(second.expert), "now": at(TODAY)}
    begin_vote(**writes)  # type: ignore[arg-type]
    write_vote(ballots={1: DraftBallot(result="upheld", reasons="指征成立")}, **writes)  # type: ignore[arg-type]
    TOTP.activate(here.second, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(here.second)
    author = account(here.surgeon, "wangwei")
    draft = begin_draft(practitioner=here.surgeon, standing=True, by=author, now=at(TODAY))
    write_point(
        draft=draft, number=None, about="", text="不属实", uploads=[("病历.pdf", sample_files.pdf())], by=author,
        now=at(TODAY),
    )  # fmt: skip


def _hand_in_claims(here: Desk) -> None:
    ends = at(TODAY) + timedelta(days=9)
    key, _text = issue_key(name="结算", scope=ApiKey.Scope.SETTLEMENT, expires_at=ends, by=None, now=at(TODAY))
    claims.receive(handed=claims.Handed(language="en"), contents=[b"A,B"], key=key, now=at(TODAY))


def _ask_again() -> Answer:
    """What is answered for the first time, and what was kept of it from then on."""
    return once(
        asker="user:1",
        key="k1",
        digest=bytes(32),
        now=at(TODAY),
        do=lambda: Answer(201, {"name": "王伟"}, {"ETag": "1"}),
    )


def contents() -> dict[str, Any]:
    """Everything that is sealed, opened by those who open it."""
    job, seat = RosterJob.objects.get(), Seat.objects.exclude(sealed_votes=None).get()
    codes = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
    assert seat.sealed_votes
    return {
        "numbers": [document.number for document in IdentityDocument.objects.order_by("pk")],
        "file": read_file(StoredFile.objects.get()),
        "answer": _ask_again().document,
        "roster": original(job),
        "rows": [row.name for row in opened(job, job.rows.order_by("pk"))],
        "claims": list(pieces.opened(ClaimsCheck.objects.get(), "file")),
        "seed": seed_of(Panel.objects.get()),
        "vote": seat.vault.unseal_words(bytes(seat.sealed_votes)),
        "app": TOTP(Authenticator.objects.get(type=Authenticator.Type.TOTP)).validate_code("000000"),
        "codes": RecoveryCodes(codes).generate_codes(),
        "draft": Draft.objects.get().words,
        "draft file": _opened(DraftFile.objects.get()),
        "vote being written": VoteDraft.objects.get().ballots,
    }


def _opened(file: DraftFile) -> bytes:
    return file.vault.unseal(bytes(file.sealed))


def found_as_ever(here: Desk) -> None:
    """Whoever enters a number that is known finds the person who bears it, by hand and by roster."""
    nurse = Practitioner.objects.get(code="N7")
    assert find_by_document(Practitioner.objects.all(), NUMBER) == [nurse]
    assert match(code=None, name="张丽", document=("other", NUMBER)).practitioners == (nurse,)
    assert match(code="N7", name="张丽", document=("other", NUMBER)).verdict == "equal"
    assert add_document(practitioner=nurse, kind="other", number=NUMBER, by=None, now=at(TODAY)).number == NUMBER
    with pytest.raises(Refused) as refused:
        register_practitioner(
            code="N9", name="张丽", category="nurse", document=("other", NUMBER), by=None, now=at(TODAY)
        )
    assert refused.value.code == "probable_duplicate"
    assert IdentityDocument.objects.count() == 2


def found_by_roster(here: Desk) -> None:
    """A roster finds the bearer of a number without any code, and adds no second document."""
    row = wang(医保医师代码="", 姓名="张丽", 证件类型="其他", 证件号码=NUMBER, 人员类别="护士")
    job = jobs.upload(
        institution=here.town.hospital,
        filename="s.xlsx",
        content=xlsx(row),
        by=None,
        now=ROSTER_DAY + timedelta(days=1),
    )
    jobs.work(job, clock=lambda: ROSTER_DAY + timedelta(days=1))
    found = list(job.rows.exclude(number=None).values_list("practitioner__code", flat=True))
    job.delete()
    assert found == ["N7"]


def told(*arguments: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("rotate_keys", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_everything_opens_and_is_found_whenever_the_rotation_is_stopped(
    here: Desk, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents()
    for keys in (ADDING, ROTATING):
        use(settings, keys)
        assert contents() == before
        found_as_ever(here)
        found_by_roster(here)
    for place in EVERYWHERE:
        monkeypatch.setitem(place.__dict__, "at_once", 1)
    stops = 0
    while True:
        with monkeypatch.context() as stopping:
            stopping.setattr(Command, "_progress", _pull_the_plug)
            try:
                done = told()
                break
            except KeyboardInterrupt:
                stops += 1
        assert contents() == before
        found_as_ever(here)
        if stops == 3:  # of two indexes one is renewed
            assert {len(index) for index in IdentityDocument.objects.values_list("number_index", flat=True)} == {32, 33}
            found_by_roster(here)
    assert stops >= len(EVERYWHERE)
    assert "Everything is sealed under the present keys." in done
    for keys in (ROTATING, NEW_ONLY):
        use(settings, keys)
        assert contents() == before
        found_as_ever(here)
        found_by_roster(here)
    assert told("--check").count("under key 2 (present key: 2)") == len(EVERYWHERE)
    assert list(differences()) == []


def _pull_the_plug(*_progress: object) -> None:
    raise KeyboardInterrupt


def test_the_check_counts_and_changes_nothing(here: Desk, settings: Any) -> None:
    use(settings, ROTATING)
    out = StringIO()
    for _ in range(2):
        with pytest.raises(CommandError, match="seals still need an older key"):
            call_command("rotate_keys", check=True, stdout=out)
    first, again = out.getvalue()[: len(out.getvalue()) // 2], out.getvalue()[len(out.getvalue()) // 2 :]
    assert first == again
    assert "document numbers: 2 under key 1 (present key: 2)" in first


def test_it_is_not_done_while_a_seal_does_not_open(here: Desk, settings: Any) -> None:
    broken = IdentityDocument.objects.get(practitioner__code="N8")
    IdentityDocument.objects.filter(pk=broken.pk).update(sealed_number=b"\x01" + bytes(40))
    use(settings, ROTATING)
    with pytest.raises(CommandError, match="2 seals still need an older key"):  # the number, and so its index
        told()
    assert bytes(IdentityDocument.objects.get(practitioner__code="N7").sealed_number)[0] == 2


def test_a_document_entered_again_by_a_process_without_the_older_key_becomes_one(here: Desk, settings: Any) -> None:
    nurse = Practitioner.objects.get(code="N7")
    use(settings, NEW_ONLY)  # restarted in the wrong order
    add_document(practitioner=nurse, kind="other", number=NUMBER, by=None, now=at(TODAY))
    use(settings, ROTATING)
    assert nurse.documents.count() == 2
    told()
    assert [document.number for document in nurse.documents.all()] == [NUMBER]


ATTACKS = (
    "UPDATE registry_storedfile SET digest = sealed",
    "UPDATE registry_storedfile SET sealed = sealed, name = 'x'",
    "UPDATE registry_storedfile SET sealed = sealed || sealed",
    "UPDATE registry_givenanswer SET status = 200, sealed = sealed",
    "DELETE FROM registry_givenanswer",
)


@pytest.fixture
def kept(committed: None) -> Iterator[None]:
    """One file and one answer."""
    keep_file(name="证据.pdf", content=sample_files.pdf(), by=None, now=at(TODAY))
    _ask_again()
    yield
    connection.close()


@pytest.mark.parametrize("allowed", ["no", "yes"])
def test_the_owner_renews_nothing_but_a_seal(kept: None, allowed: str) -> None:
    with _as_owner(), connection.cursor() as cursor:
        cursor.execute(f"SET registry.resealing = '{allowed}'")
        for attack in ATTACKS:
            with pytest.raises(DatabaseError, match="append-only"):
                cursor.execute(attack)


def test_the_application_renews_no_seal_of_an_append_only_table(kept: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET registry.resealing = 'yes'")
        with pytest.raises(DatabaseError, match="permission denied"):
            cursor.execute("UPDATE registry_storedfile SET sealed = sealed")


@contextmanager
def _as_owner() -> Iterator[None]:
    connection.close()
    with as_owner(connection.settings_dict):
        yield
        connection.close()


def test_every_column_with_a_seal_has_its_place() -> None:
    columns = {
        (model, field.name)
        for label in ("registry", "appeals")
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, BinaryField) and ("sealed" in field.name or "index" in field.name)
    }
    missing = {
        (model, name)
        for model, name in columns
        if not any(place.rows.model is model and name in place.key for place in EVERYWHERE)
    }
    assert len(columns) == 12
    assert missing == set()

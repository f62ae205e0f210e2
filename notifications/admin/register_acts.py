"""What an administrator of the whole register does with other registers and their letters."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.actions.exchange.registers import (
    LONGEST_CODE,
    ask_again,
    change_keys,
    enter_register,
    pause_register,
    resume_register,
    retire_register,
    set_aside,
)
from notifications.models import Letter, Register
from notifications.queries.endpoints import keeps_endpoints
from notifications.queries.exchange.watching import letters_of, registers_of
from registry.admin.acts.guided import ActForm, GuidedAct, Words
from registry.admin.fields import prose_field, row_field, text_field
from registry.models import Region, User
from registry.queries.roles import ADMINISTRATORS
from registry.queries.scope import Scope


def _crumbs() -> list[tuple[Words, str]]:
    return [(_("Other registers"), reverse("admin:notifications_register_changelist"))]


def register_url(register: Register) -> str:
    """The page of another register."""
    return reverse("admin:notifications_register_change", args=[register.pk])


def _parts(text: str) -> list[str]:
    return [each for each in text.replace("，", ",").replace("\n", ",").split(",") if each.strip()]


KEYS_HELP = _("whpk_…, as it shows them on the page of its endpoint; with commas while one takes over from another.")


class RegisterForm(ActForm):
    """Who it is, where it answers, and by what both sides know each other."""

    code = text_field(
        _("Name of the register"), most=LONGEST_CODE, help_text=_("How it names itself as the origin: cn-12.")
    )
    region = row_field(_("Region"), Register._meta.get_field("region"), Region.objects.all())
    url = text_field(_("Address"), most=500, help_text=_("https, with the name of a host."))
    networks = text_field(
        _("Networks"), most=400, help_text=_("All that the name may lead to, with commas: 203.0.113.0/24.")
    )
    keys = text_field(_("Its public keys"), most=400, help_text=KEYS_HELP)
    key_there = text_field(_("Our key there"), most=80, help_text=_("drk_…, which it issued to us; it is sealed here."))
    issuer = prose_field(
        _("Certificate authority"), required=False, help_text=_("In PEM, where the register has one of its own.")
    )


class EnterRegister(GuidedAct):
    """Believe another register from now on."""

    title = _("Enter another register")
    explains = _(
        "What it decides will count here as what is decided here. Compare its keys over another way than the one they"
        " came by."
    )
    do = _("Enter it")
    form_class = RegisterForm
    allowed = ADMINISTRATORS
    previewed = False
    decides = True

    def find(self, seen: Scope) -> Any:
        """For who administers the whole register."""
        return seen if keeps_endpoints(seen) else None

    def perform(self, data: dict[str, Any], second: User | None) -> Register:
        """Enter."""
        lists = {"networks": _parts(data["networks"]), "keys": _parts(data["keys"])}
        return enter_register(**{**data, **lists}, by=self.user, now=self.now)

    def next_url(self, outcome: Register) -> str:
        """To the register."""
        return register_url(outcome)

    def crumbs(self) -> list[tuple[Words, str]]:
        """The list."""
        return _crumbs()


class OnRegister(GuidedAct):
    """An act on another register."""

    form_class = ActForm
    allowed = ADMINISTRATORS
    previewed = False
    subject: Register

    def find(self, seen: Scope) -> Register | None:
        """The register with the id in the address, for who administers the whole of ours."""
        return registers_of(seen).filter(pk=self.kwargs["pk"]).first() if keeps_endpoints(seen) else None

    def next_url(self, outcome: Any) -> str:
        """Back to the register."""
        return register_url(self.subject)

    def crumbs(self) -> list[tuple[Words, str]]:
        """The list, then the register."""
        return [*_crumbs(), (self.subject.code, register_url(self.subject))]


class ReasonForm(ActForm):
    """Why."""

    reason = prose_field(_("Reason"))


class KeysForm(ActForm):
    """The keys from now on."""

    keys = text_field(_("Its public keys"), most=400, help_text=KEYS_HELP)
    key_there = text_field(
        _("Our key there"), most=80, required=False, help_text=_("Only where it issued another one to us.")
    )


class ChangeKeys(OnRegister):
    """Other keys."""

    title = _("Change the keys of the register")
    explains = _("Letters are taken that are signed with any of these keys, and with no others.")
    do = _("Change them")
    form_class = KeysForm
    decides = True

    def perform(self, data: dict[str, Any], second: User | None) -> Register:
        """Change."""
        return change_keys(
            register=self.subject,
            keys=_parts(data["keys"]),
            key_there=data["key_there"],
            by=self.user,
            now=self.now,
        )


class Pause(OnRegister):
    """Take nothing over for a while."""

    title = _("Pause the register")
    explains = _("Its letters are kept, and nothing of them is taken over until it is resumed.")
    do = _("Pause it")
    form_class = ReasonForm

    def perform(self, data: dict[str, Any], second: User | None) -> Register:
        """Pause."""
        return pause_register(register=self.subject, by=self.user, now=self.now, **data)


class Resume(OnRegister):
    """Go on."""

    title = _("Resume the register")
    explains = _("What it wrote meanwhile is taken over.")
    do = _("Resume it")

    def perform(self, data: dict[str, Any], second: User | None) -> Register:
        """Resume."""
        return resume_register(register=self.subject, by=self.user, now=self.now)


class Retire(OnRegister):
    """For good."""

    title = _("Believe the register no longer")
    explains = _("Its letters are refused from now on, for good. What was taken over stays.")
    do = _("Believe it no longer")
    form_class = ReasonForm

    def perform(self, data: dict[str, Any], second: User | None) -> Register:
        """Retire."""
        return retire_register(register=self.subject, by=self.user, now=self.now, **data)


class OnLetter(GuidedAct):
    """An act on a letter of another register."""

    form_class = ActForm
    allowed = ADMINISTRATORS
    previewed = False
    subject: Letter

    def find(self, seen: Scope) -> Letter | None:
        """The letter with the id in the address, for who administers the whole register."""
        return letters_of(seen).filter(pk=self.kwargs["pk"]).first() if keeps_endpoints(seen) else None

    def next_url(self, outcome: Any) -> str:
        """Back to the letter."""
        return reverse("admin:notifications_letter_change", args=[self.subject.pk])

    def crumbs(self) -> list[tuple[Words, str]]:
        """The list, then the register."""
        return [*_crumbs(), (self.subject.register.code, register_url(self.subject.register))]


class AskAgain(OnLetter):
    """What was doubtful is mended."""

    title = _("Ask for the letter again")
    explains = _(
        "Mend first what it is about: register the person, join the code to the file, correct the name, or bring the"
        " policies to the same. Then the other register is asked again what it holds."
    )
    do = _("Ask again")

    def perform(self, data: dict[str, Any], second: User | None) -> Letter:
        """Ask."""
        return ask_again(letter=self.subject, by=self.user, now=self.now)

    def done(self, outcome: Letter) -> str:
        """What happens."""
        return gettext("It is asked for again.")


class SetAside(OnLetter):
    """Take nothing over."""

    title = _("Set the letter aside")
    explains = _("Nothing is taken over from it. Tell the other register why; a later letter brings the same again.")
    do = _("Set aside")
    form_class = ReasonForm

    def perform(self, data: dict[str, Any], second: User | None) -> Letter:
        """Set aside."""
        return set_aside(letter=self.subject, by=self.user, now=self.now, **data)

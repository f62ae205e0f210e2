"""What can be wrong or doubtful about a row, in one table: what it is, and what to do."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.queries.wording import sentences

LONGEST_SHOWN = 100


class Weight(StrEnum):
    """What a problem does to its row.

    `NOTE`: nothing. `ASK`: doubtful until a person accepts exactly this row. `STOP`: doubtful, and to be settled
    elsewhere first. `WRONG`: the row says what cannot be.
    """

    NOTE = "note"
    ASK = "ask"
    STOP = "stop"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its weight, the sentence that says what is the matter, and the one that says what to do."""

    weight: Weight
    what: str | Promise
    remedy: str | Promise


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of one row. `value` is what the file says, `other` what it is compared with."""

    code: str
    field: str = ""
    value: str = ""
    other: str = ""

    @property
    def weight(self) -> Weight:
        return KINDS[self.code].weight

    def sentence(self) -> str:
        """What is the matter and what to do, in the language of the moment. Long values are shortened."""
        kind = KINDS[self.code]
        field = str(LABELS.get(self.field, self.field))
        words = {"field": _short(field), "value": _short(self.value), "other": _short(self.other)}
        return sentences([kind.what, kind.remedy]).format_map(words)

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


def _short(text: str) -> str:
    """A cell may hold 32,767 characters; a sentence shows enough of it to find it by."""
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


LABELS: Mapping[str, str | Promise] = MappingProxyType(
    {
        "institution_code": _("institution code"),
        "institution_name": _("institution name"),
        "code": _("personal code"),
        "name": _("name"),
        "sex": _("sex"),
        "birth_date": _("date of birth"),
        "category": _("staff category"),
        "document_kind": _("type of document"),
        "document_number": _("identity document number"),
        "document": _("identity document"),
        "department": _("department"),
        "status": _("staff status"),
        "contract_from": _("contract from"),
        "contract_until": _("contract until"),
        "certificate": _("practising certificate"),
        "practice_institution": _("institution of practice"),
        "practice_category": _("category of practice"),
        "practice_scope": _("scope of practice"),
        "practice_level": _("level of practice"),
        "title": _("professional title"),
        "registration": _("registration"),
        "extra": _("further columns"),
        "points": _("points"),
        "months": _("months of suspension"),
        "counted_on": _("counted on"),
        "effective_on": _("effective on"),
        "policy": _("policy"),
        "grade": _("responsibility"),
        "grounds": _("grounds"),
        "identified_on": _("identified on"),
        "situation": _("situation"),
        "reason": _("reason for departing from the default"),
        "act": _("act"),
    }
)

_CORRECT_CELL = _("Correct the cell.")
_ASK_AGENCY = _(
    "Compare with the original papers; the agency settles it in the person's file before the row can be taken in."
)

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "rounded_number": Kind(
            Weight.WRONG,
            _("{field}: the spreadsheet made a number of it and has lost its last digits."),
            _(
                "Format the column as text and enter it again from the original; changing the format alone does "
                "not bring the digits back."
            ),
        ),
        "not_text": Kind(
            Weight.WRONG,
            _("{field}: “{value}” is a date or a fraction, not an identifier."),
            _("Format the column as text and enter it again."),
        ),
        "not_a_name": Kind(
            Weight.WRONG,
            _("{field}: “{value}” is a number or a date, not a name."),
            _("Enter the name as it stands on the identity document."),
        ),
        "not_a_day": Kind(
            Weight.WRONG,
            _("{field}: “{value}” is not a day of the calendar."),
            _("Write it as year-month-day, for example 2025-03-01."),
        ),
        "too_early": Kind(
            Weight.WRONG,
            _("{field}: {value} lies before {other}, which nobody's contract does."),
            _("Enter the day of the contract, or leave the cell empty."),
        ),
        "too_long": Kind(Weight.WRONG, _("{field}: longer than {other} characters."), _("Shorten it.")),
        "unknown_word": Kind(Weight.WRONG, _("{field}: “{value}” is not known."), _("Use one of: {other}.")),
        "missing": Kind(Weight.WRONG, _("{field} is empty."), _("Fill it in.")),
        "no_identifier": Kind(
            Weight.WRONG,
            _("Neither a personal code nor a document number is given."),
            _("Give at least one, so that it is certain who is meant."),
        ),
        "two_codes": Kind(
            Weight.WRONG,
            _("The row gives two personal codes, {value} and {other}."),
            _("Leave the one that belongs to this person."),
        ),
        "code_characters": Kind(
            Weight.WRONG,
            _("Personal code “{value}” holds other characters than letters, digits and - . _ /."),
            _CORRECT_CELL,
        ),
        "document_characters": Kind(
            Weight.WRONG, _("Document number: it holds characters that no document number has."), _CORRECT_CELL
        ),
        "other_institution": Kind(
            Weight.WRONG,
            _("The row is of institution {value}, but this roster is imported for {other}."),
            _("Import the row with the roster of its own institution."),
        ),
        "contract_order": Kind(
            Weight.WRONG,
            _("The contract ends ({value}) before it begins ({other})."),
            _("Correct one of the two days."),
        ),
        "category_unknown": Kind(
            Weight.WRONG,
            _("It is not said whether this is a physician, a nurse, a pharmacist or somebody else in scope."),
            _(
                "Add the column 人员类别 (staff category), or head the code column 医保医师代码, 医保护士代码 "
                "or 医保药师代码."
            ),
        ),
        "resident_id_length": Kind(
            Weight.WRONG,
            _("Document number: a resident identity number has 18 characters."),
            _("Enter the 18 characters from the card."),
        ),
        "resident_id_form": Kind(
            Weight.WRONG,
            _("Document number: a resident identity number has 17 digits and a digit or X."),
            _("Enter it again from the card."),
        ),
        "resident_id_check": Kind(
            Weight.WRONG,
            _("Document number: the last character does not fit the others, so a digit is mistyped."),
            _("Enter it again from the card."),
        ),
        "resident_id_birth_date": Kind(
            Weight.WRONG, _("Document number: the date of birth in it cannot be."), _("Enter it again from the card.")
        ),
        "repeated_row": Kind(Weight.WRONG, _("The row says the same as row {other}."), _("Delete one of the two.")),
        "code_twice": Kind(
            Weight.WRONG,
            _("Personal code {value} also stands in row {other}, with other contents."),
            _("Leave the row that is right."),
        ),
        "document_twice": Kind(
            Weight.WRONG,
            _("The same document number also stands in row {other}, with another personal code or none."),
            _("Correct one of the two rows."),
        ),
        "person_twice": Kind(
            Weight.WRONG,
            _("Row {other} is about the same person under another code."),
            _("Leave the row with the national code."),
        ),
        "terminated": Kind(
            Weight.WRONG,
            _("The qualification of this person is terminated; registration is barred until {value}."),
            _("Take the row out. After that day the agency registers the person again by an act of its own."),
        ),
        "sex_differs": Kind(
            Weight.ASK,
            _("Sex: the file says {value}, the resident identity number {other}."),
            _("Correct the one that is wrong, or accept the row if the card says so."),
        ),
        "birth_date_differs": Kind(
            Weight.ASK,
            _("Date of birth: the file says {value}, the resident identity number {other}."),
            _("Correct the one that is wrong, or accept the row if the papers say so."),
        ),
        "name_differs": Kind(
            Weight.ASK,
            _("Code and document are those of {other}, but the file calls the person {value}."),
            _("Accept the row if the person changed the name; otherwise correct the row."),
        ),
        "document_differs": Kind(
            Weight.ASK,
            _(
                "Code and name agree with the register, but the document number is another one ({value}; on file "
                "{other})."
            ),
            _("Enter it again from the card; accept the row only if the person has a new number."),
        ),
        "code_for_provisional": Kind(
            Weight.ASK,
            _(
                "Name and document are those of a person here with the provisional code {other}; the file gives "
                "the code {value}."
            ),
            _("Accept the row if this is the person's national code."),
        ),
        "probable_duplicate": Kind(
            Weight.ASK,
            _("Somebody of this name and date of birth is in the register already ({other})."),
            _("Accept the row if this is another person; otherwise correct code or document number."),
        ),
        "name_differs_without_document": Kind(
            Weight.STOP,
            _("The code belongs to {other}, the file calls the person {value}, and no document tells who is meant."),
            _("Add type and number of the document to the row, or correct code or name."),
        ),
        "only_code_agrees": Kind(
            Weight.STOP,
            _("The code belongs to {other}, but neither the name {value} nor the document fits."),
            _("Correct the code, or name and document."),
        ),
        "only_document_agrees": Kind(
            Weight.STOP,
            _("The document belongs to {other}, but the name {value} does not fit."),
            _("Enter document number and name again from the card."),
        ),
        "another_code": Kind(
            Weight.STOP,
            _("Name and document are those of a person with the code {other}, not {value}; a code never changes."),
            _ASK_AGENCY,
        ),
        "two_people": Kind(Weight.STOP, _("The code belongs to {value}, the document to {other}."), _ASK_AGENCY),
        "several_people": Kind(Weight.STOP, _("The document stands in several files of the register."), _ASK_AGENCY),
        "not_whole": Kind(Weight.WRONG, _("{field}: “{value}” is not a whole number."), _CORRECT_CELL),
        "unknown_person": Kind(
            Weight.WRONG,
            _("Nobody in the register has the personal code {value}."),
            _("Import the staff roster first, or correct the code."),
        ),
        "name_is_another": Kind(
            Weight.WRONG,
            _("The personal code belongs to {other}, not to {value}."),
            _("Find out who is meant; correct code or name."),
        ),
        "points_range": Kind(Weight.WRONG, _("{value} points: an entry has 1 to 12."), _CORRECT_CELL),
        "months_range": Kind(
            Weight.WRONG, _("{value} months: a suspension has 1 to 6."), _("Correct the cell, or leave it empty.")
        ),
        "effective_before_counted": Kind(
            Weight.WRONG,
            _("The points take effect on {value}, before the handling of {other}."),
            _("Correct one of the two days."),
        ),
        "not_yet": Kind(
            Weight.WRONG,
            _("The points take effect on {value}, which has not come yet."),
            _("Record them here when that day has come."),
        ),
        "no_policy": Kind(
            Weight.WRONG,
            _("There is no policy for “{value}”."),
            _("Name a policy that is in force, or leave the cell empty."),
        ),
        "repeated_entry": Kind(
            Weight.WRONG,
            _("Row {other} has the same person, document, day and situation."),
            _("Delete one, or tell the situations apart."),
        ),
        "recorded_otherwise": Kind(
            Weight.WRONG,
            _("This entry was taken over already with {other}; the file says {value}."),
            _("An entry in the ledger is never changed: revise or annul it by an act of its own."),
        ),
        "not_identified": Kind(
            Weight.WRONG,
            _("{value} is not identified in this case."),
            _("Identify the responsibility first, or take the row out."),
        ),
        "grade_differs": Kind(
            Weight.WRONG,
            _("The row says “{value}”, but the responsibility was identified as “{other}”."),
            _("Who proposes does not change the grade: correct the cell or leave it empty."),
        ),
        "has_left": Kind(
            Weight.NOTE, _("The staff status is “{value}” and no registration here is open."), _("Nothing is done.")
        ),
    }
)

"""What is done with an objection on its way: admitted, supplemented, given to a reviewer, ended."""

from typing import Any

from rest_framework.exceptions import NotFound

from appeals.actions import objections as acts
from appeals.actions.reviews import assign_reviewer, classify_point
from appeals.api.filing import MOST_FILES, EvidenceGiven, exhibits_of
from appeals.api.objections import OnObjection, as_it_stands
from appeals.models import Objection
from appeals.queries.involvement import parts_in, possible_reviewers
from appeals.queries.objections import acts_on, objections
from registry.api.desk import One
from registry.api.given import Flag, Given, Prose, Text, several
from registry.api.shapes import ActorRef, Shape
from registry.api.subjects import named, one
from registry.models import User
from registry.queries.roles import OFFICERS_OF_AGENCIES, REVIEWING, STAFF_KEEPERS


class LateGiven(Given):
    """On which grounds; they are kept with the record and told to the person."""

    grounds = Prose(max_length=20000)


class AdmitLate(OnObjection):
    """Admit a late objection: you accept its good cause in your own name."""

    given = LateGiven
    done_by = OFFICERS_OF_AGENCIES

    def do(self, subject: Objection, values: dict[str, Any]) -> Objection:
        return as_it_stands(acts.admit_late(objection=subject, by=self.asker.user, now=self.asker.now, **values))


class RefuseLate(OnObjection):
    """Refuse a late objection; who had a part in the points does not."""

    given = LateGiven
    done_by = OFFICERS_OF_AGENCIES

    def do(self, subject: Objection, values: dict[str, Any]) -> Objection:
        return as_it_stands(acts.refuse_late(objection=subject, by=self.asker.user, now=self.asker.now, **values))


class DeclareOutOfScope(OnObjection):
    """Close an objection as out of scope; points that are only proposed wait for the end of their window again."""

    given = LateGiven
    done_by = OFFICERS_OF_AGENCIES

    def do(self, subject: Objection, values: dict[str, Any]) -> Objection:
        found = acts.declare_out_of_scope(objection=subject, by=self.asker.user, now=self.asker.now, **values)
        return as_it_stands(found)


class WithdrawalGiven(Given):
    """How the person said so, such as a letter and its day."""

    reason = Prose(max_length=2000)


class WithdrawObjection(OnObjection):
    """Record that the person withdrew an objection, on paper."""

    given = WithdrawalGiven
    done_by = OFFICERS_OF_AGENCIES

    def do(self, subject: Objection, values: dict[str, Any]) -> Objection:
        acting = self.acting(subject)
        return as_it_stands(acts.withdraw_objection(objection=subject, acting=acting, now=self.asker.now, **values))


class MoreEvidenceGiven(Given):
    """Files for one point."""

    evidence = several(EvidenceGiven, min_length=1, max_length=MOST_FILES)


class AddEvidence(OnObjection):
    """Hand in evidence for a point of dispute; it is taken until the decision."""

    given = MoreEvidenceGiven
    done_by = STAFF_KEEPERS
    makes = True

    def do(self, subject: Objection, values: dict[str, Any]) -> Objection:
        exhibits = exhibits_of(self.asker, "evidence", values["evidence"])
        point, acting = self.point(subject), self.acting(subject)
        acts.add_evidence(point=point, exhibits=exhibits, acting=acting, now=self.asker.now)
        return as_it_stands(subject)


class WordsGiven(Given):
    """What the person adds; the first statement stays as it was given."""

    words = Prose(max_length=20000)


class AddWords(OnObjection):
    """Take in what the person adds to an objection."""

    given = WordsGiven
    done_by = STAFF_KEEPERS

    def do(self, subject: Objection, values: dict[str, Any]) -> Objection:
        acting = self.acting(subject)
        return as_it_stands(acts.add_words(objection=subject, acting=acting, now=self.asker.now, **values))


class ReviewersShape(Shape):
    """Who could review it."""

    items = ActorRef(many=True)


class PossibleReviewers(One):
    """The officers of the agency, or of one above it, who had no part in what is disputed."""

    tag = "objections"
    shape = ReviewersShape
    seen_by = REVIEWING

    def find(self, **path: Any) -> dict[str, Any]:
        found = one(objections(self.asker.scope).select_related("agency__region"), uuid=path["objection"])
        if not acts_on(self.asker.scope, found, self.seen_by):
            raise NotFound
        return {"items": possible_reviewers(found, self.asker.today)}


class ReviewerGiven(Given):
    """Who reviews."""

    reviewer = Text(max_length=150, help_text="user name")


class AssignReviewer(OnObjection):
    """Give the review to an officer who had no part in the points. Given to another one later, its last day stays."""

    given = ReviewerGiven
    done_by = REVIEWING

    def do(self, subject: Objection, values: dict[str, Any]) -> Objection:
        possible = {user.pk for user in possible_reviewers(subject, self.asker.today)}
        known = User.objects.filter(pk__in=possible | parts_in(subject).keys())
        reviewer = named("reviewer", known, username=values["reviewer"])
        by, now = self.asker.user, self.asker.now
        return as_it_stands(assign_reviewer(objection=subject, reviewer=reviewer, by=by, now=now))


class ClassifyGiven(Given):
    """Whether the point is for experts, and why."""

    professional = Flag()
    grounds = Prose(max_length=20000)


class ClassifyPoint(OnObjection):
    """Find, as the reviewer, that a point of dispute is, or is not, a professional question."""

    given = ClassifyGiven
    done_by = REVIEWING

    def do(self, subject: Objection, values: dict[str, Any]) -> Objection:
        classify_point(point=self.point(subject), by=self.asker.user, now=self.asker.now, **values)
        return as_it_stands(subject)

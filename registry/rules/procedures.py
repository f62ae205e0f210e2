"""The procedures of the register: from a case to a decision, what somebody owes until a day, and measures."""

from registry.rules.procedure import Procedure

_POLICE = ("transfer_to_police", "police_accept", "police_decline", "undo_transfer")

CASE = Procedure(
    name="case",
    starts=frozenset({"open"}),
    ends=frozenset({"closed"}),
    transitions={
        "open": {"close": "closed", **dict.fromkeys(_POLICE, "open")},
        "closed": {"reopen": "open", **dict.fromkeys(_POLICE, "closed")},
    },
)
"""What was done to an institution, or a finding against one person, with everybody who answers for it. What is passed
on to the police, and what comes back, moves nothing here."""

PROPOSAL = Procedure(
    name="proposal",
    starts=frozenset({"proposed"}),
    ends=frozenset({"decided", "dropped"}),
    transitions={
        "proposed": {"countersign": "proposed", "notify": "notified", "withdraw": "dropped"},
        "notified": {"receive": "received", "leave_unopened": "to_serve", "withdraw": "dropped"},
        "to_serve": {"receive": "received", "withdraw": "dropped"},
        "received": {"object": "objected", "decide": "decided", "hold": "held", "withdraw": "dropped"},
        "objected": {"release": "received", "decide": "decided", "hold": "held", "drop": "dropped"},
        "held": {"object": "objected", "countersign": "held", "decide": "decided", "withdraw": "dropped"},
        "decided": {},
        "dropped": {},
    },
)
"""Points proposed for one person in one case, until they are an entry in the ledger or are not."""

TASK = Procedure(
    name="task",
    starts=frozenset({"open"}),
    ends=frozenset({"done", "lapsed", "cancelled"}),
    transitions={
        "open": {"finish": "done", "lapse": "lapsed", "cancel": "cancelled", "escalate": "open", "postpone": "open"},
        "done": {},
        "lapsed": {},
        "cancelled": {},
    },
)
"""What somebody may or must do until a day."""

MEASURE = Procedure(
    name="measure",
    starts=frozenset({"proposed"}),
    ends=frozenset({"ended", "dropped"}),
    transitions={
        "proposed": {"decide": "in_force", "drop": "dropped"},
        "in_force": {"end": "ended"},
        "ended": {},
        "dropped": {},
    },
)
"""What an agency does about an institution with too many sanctions."""

PROCEDURES = (CASE, PROPOSAL, TASK, MEASURE)

"""The procedures of appeals: objection and appeal, panel and its seats, attendance and application for repair."""

from registry.rules.procedure import Procedure

OBJECTION = Procedure(
    name="objection",
    starts=frozenset({"filed", "late"}),
    ends=frozenset({"refused", "decided", "withdrawn", "out_of_scope"}),
    transitions={
        "late": {
            "ask_countersignature": "late",
            "countersign": "late",
            "decline_countersignature": "late",
            "supplement": "late",
            "admit": "filed",
            "refuse": "refused",
            "withdraw": "withdrawn",
            "declare_out_of_scope": "out_of_scope",
        },
        "filed": {
            "ask_countersignature": "filed",
            "countersign": "filed",
            "decline_countersignature": "filed",
            "supplement": "filed",
            "assign": "in_review",
            "withdraw": "withdrawn",
            "declare_out_of_scope": "out_of_scope",
        },
        "in_review": {
            "ask_countersignature": "in_review",
            "countersign": "in_review",
            "decline_countersignature": "in_review",
            "supplement": "in_review",
            "assign": "in_review",
            "classify": "in_review",
            "refer": "with_panel",
            "decide": "decided",
            "withdraw": "withdrawn",
            "declare_out_of_scope": "out_of_scope",
        },
        "with_panel": {
            "ask_countersignature": "with_panel",
            "countersign": "with_panel",
            "decline_countersignature": "with_panel",
            "supplement": "with_panel",
            "assign": "with_panel",
            "report": "in_review",
            "withdraw": "withdrawn",
            "declare_out_of_scope": "out_of_scope",
        },
        "refused": {},
        "decided": {},
        "withdrawn": {},
        "out_of_scope": {},
    },
)
"""An objection to proposed points, or an appeal against points or a standing on record."""

PANEL = Procedure(
    name="panel",
    starts=frozenset({"committed"}),
    ends=frozenset({"concluded", "failed", "cancelled"}),
    transitions={
        "committed": {"draw": "voting", "fail": "failed", "cancel": "cancelled"},
        "voting": {"seat": "voting", "conclude": "concluded", "fail": "failed", "cancel": "cancelled"},
        "concluded": {},
        "failed": {},
        "cancelled": {},
    },
)
"""Experts drawn by lot to judge the professional question of an objection."""

SEAT = Procedure(
    name="seat",
    starts=frozenset({"seated"}),
    ends=frozenset({"voted", "recused", "replaced", "released"}),
    transitions={
        "seated": {"vote": "voted", "recuse": "recused", "replace": "replaced", "release": "released"},
        "voted": {},
        "recused": {},
        "replaced": {},
        "released": {},
    },
)
"""One expert's place on a panel."""

ATTENDANCE = Procedure(
    name="attendance",
    starts=frozenset({"enrolled"}),
    ends=frozenset({"completed", "failed", "cancelled"}),
    transitions={
        "enrolled": {"complete": "completed", "fail": "failed", "cancel": "cancelled"},
        "completed": {"correct": "completed", "correct_to_failed": "failed"},
        "failed": {"correct": "failed", "correct_to_completed": "completed"},
        "cancelled": {},
    },
)
"""One person's part in an activity of remediation."""

APPLICATION = Procedure(
    name="application",
    starts=frozenset({"filed"}),
    ends=frozenset({"granted", "refused", "withdrawn"}),
    transitions={
        "filed": {"convene": "deliberating", "refuse": "refused", "withdraw": "withdrawn"},
        "deliberating": {
            "convene": "deliberating",
            "release": "deliberating",
            "sign": "deliberating",
            "conclude": "deliberated",
            "refuse": "refused",
            "withdraw": "withdrawn",
        },
        "deliberated": {"grant": "granted", "refuse": "refused", "withdraw": "withdrawn"},
        "granted": {},
        "refused": {},
        "withdrawn": {},
    },
)
"""A request for relief of points or for a shorter period."""

PROCEDURES = (OBJECTION, PANEL, SEAT, ATTENDANCE, APPLICATION)

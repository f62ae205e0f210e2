"""The procedures of notices: what is pushed to a system, the endpoint that it goes to, and what goes by e-mail."""

from registry.rules.procedure import Procedure

PUSH = Procedure(
    name="push",
    starts=frozenset({"waiting"}),
    ends=frozenset({"delivered", "withdrawn"}),
    transitions={
        "waiting": {
            "deliver": "delivered",
            "hand_up": "overdue",
            "replay": "waiting",
            "withdraw": "withdrawn",
        },
        "overdue": {"deliver": "delivered", "replay": "waiting", "withdraw": "withdrawn"},
        "delivered": {"replay": "waiting"},
        "withdrawn": {},
    },
)
"""One notice on its way to one system. It is tried until it is delivered, or until the endpoint is retired."""

ENDPOINT = Procedure(
    name="endpoint",
    starts=frozenset({"proposed"}),
    ends=frozenset({"retired"}),
    transitions={
        "proposed": {"approve": "active", "retire": "retired"},
        "active": {"pause": "paused", "disable": "disabled", "retire": "retired"},
        "paused": {"resume": "active", "retire": "retired"},
        "disabled": {"resume": "active", "retire": "retired"},
        "retired": {},
    },
)
"""Where a system receives. Paused by an administrator, disabled where the system said that it is gone (410): what is
owed waits meanwhile. What is owed when it is retired stays in the inbox alone."""

REGISTER = Procedure(
    name="register",
    starts=frozenset({"active"}),
    ends=frozenset({"retired"}),
    transitions={
        "active": {"pause": "paused", "retire": "retired"},
        "paused": {"resume": "active", "retire": "retired"},
        "retired": {},
    },
)
"""Another register that tells us. While it is paused its letters are kept and nothing of them is taken over."""

LETTER = Procedure(
    name="letter",
    starts=frozenset({"waiting"}),
    ends=frozenset({"applied", "known", "set_aside"}),
    transitions={
        "waiting": {"apply": "applied", "ignore": "known", "park": "parked", "doubt": "doubtful"},
        "parked": {"apply": "applied", "ignore": "known", "park": "parked", "doubt": "doubtful"},
        "applied": {},
        "known": {},
        "doubtful": {"ask_again": "waiting", "set_aside": "set_aside", "ignore": "known"},
        "set_aside": {},
    },
)
"""A letter of another register: taken over, known already, parked behind one that has not come yet, or doubtful: then
a person looks, and has it asked again or set aside; or a later letter about the same person was taken over, and with it
everything that this one stood for."""

MAIL = Procedure(
    name="mail",
    starts=frozenset({"waiting"}),
    ends=frozenset({"sent", "withdrawn"}),
    transitions={
        "waiting": {"send": "sent", "hand_up": "overdue", "withdraw": "withdrawn"},
        "overdue": {"send": "sent", "withdraw": "withdrawn"},
        "sent": {},
        "withdrawn": {},
    },
)
"""Word of one notice by e-mail to one user. It is tried until it went out, or until nobody needs it any more: the
notice was read, or the user no longer wishes it, has no address, or no longer works there."""

PROCEDURES = (PUSH, ENDPOINT, REGISTER, LETTER, MAIL)

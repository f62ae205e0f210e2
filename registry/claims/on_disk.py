"""A check from file to file that may be stopped anywhere, by whatever, and goes on where it was.

Beside the result grow `….part`, the lines so far, and `….state`, how far they are good: written anew, whole, after
every chunk. What stands in the lines beyond that was not finished and is cut off. So each row is told once.
"""

import fcntl
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from registry.actions.checks import keep_emergency_claims
from registry.claims.checking import CHUNK, Asked, Chunk, check
from registry.claims.errors import ClaimsRefused
from registry.claims.reading import ClaimsFile, open_claims
from registry.claims.surveying import digest_of
from registry.claims.telling import Teller
from registry.models import ApiKey, EmergencyCheck

Progress = Callable[["State", ClaimsFile], None]


@dataclass(slots=True, kw_only=True)
class State:
    """How far a check is: of which file, asked how, how many rows are done and how long the result is with them."""

    digest: str
    asked: dict[str, Any]
    key: str
    size: int
    began_at: str
    result: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    finished: bool = False

    @property
    def rows(self) -> int:
        """How many rows are done."""
        return self.counts["rows"]

    def as_json(self) -> str:
        return json.dumps({name: getattr(self, name) for name in self.__slots__}, ensure_ascii=False)

    @classmethod
    def of_json(cls, text: str) -> "State":
        """The state as it was written. Raises ValueError, KeyError or TypeError for anything else."""
        values = json.loads(text)
        return cls(**{**values, "counts": Counter(values["counts"])})

    @property
    def began(self) -> datetime:
        """When the first run began; no other check of the same key begins then."""
        return datetime.fromisoformat(self.began_at)

    def question(self) -> Asked:
        """What was asked when the check began."""
        known = {name: self.asked[name] and datetime.fromisoformat(self.asked[name]) for name in ("known_at", "since")}
        return Asked(**{**self.asked, **known})


def check_file(
    source: Path,
    result: Path,
    asked: Asked,
    *,
    now: datetime,
    key: ApiKey | None = None,
    size: int = CHUNK,
    progress: Progress = lambda state, claims: None,
) -> State:
    """Check the file `source` and write what is told of its rows to `result`; go on with what was begun before.

    What was begun keeps the moment of knowledge at which it began. `key` is whose emergencies are kept, each once.
    Raises ClaimsRefused for a file that is none of claims, 'changed' for another content than what was begun with,
    'asked_otherwise' for another question than it, 'busy' while somebody else is at it.
    """
    with source.open("rb") as file:
        claims = open_claims(file)
        with _alone(_beside(result, ".part")) as lines:
            run = _Run(claims, result, lines, key=key)
            state = run.resumed(asked, now=now, size=size)
            if not state.finished:
                run.go_on(state, progress)
                _require_unchanged(file, state)
                state.finished = True
                run.keep(state)
            _put_in_place(result, state)
        return state


class _Run:
    """One run over one file."""

    def __init__(self, claims: ClaimsFile, result: Path, lines: IO[bytes], *, key: ApiKey | None) -> None:
        self._claims, self._lines, self._key = claims, lines, key
        self._state_file, self._goes_on = _beside(result, ".state"), False

    def resumed(self, asked: Asked, *, now: datetime, size: int) -> State:
        """How far an earlier run came, and its lines cut to that; else the beginning."""
        begun = self._begun()
        self._goes_on = begun is not None
        fresh = self._fresh(asked, now, size)
        if begun is None:
            self.keep(fresh)
            begun = fresh
        elif begun.digest != fresh.digest:
            raise ClaimsRefused(
                "changed", _("The file is another one than the check was begun with. %(remedy)s") % self._remedy()
            )
        elif _what_was_asked(begun) != _what_was_asked(fresh):
            raise ClaimsRefused(
                "asked_otherwise", _("The check was begun with other options. %(remedy)s") % self._remedy()
            )
        if not begun.finished:
            self._lines.truncate(begun.result)
            self._lines.seek(begun.result)
        return begun

    def go_on(self, state: State, progress: Progress) -> None:
        """Check what is left."""
        asked = state.question()
        teller = Teller(self._claims.survey.kind, asked)
        if not state.result:
            self._write(state, teller.heading())
        kept_before = self._kept(state) if self._key and self._goes_on else 0
        rows = self._claims.rows(after=state.rows, now=asked.known_at, keeps_emergencies=self._key is not None)
        for chunk in check(rows, asked, size=state.size):
            self._write(state, teller.lines(chunk.told(asked)))
            self._keep_emergencies(state, chunk, kept_before)
            state.counts.update(chunk.counts)
            self.keep(state)
            progress(state, self._claims)

    def keep(self, state: State) -> None:
        """Write the state, whole or not at all, after the lines that it speaks of."""
        os.fsync(self._lines.fileno())
        new = _beside(self._state_file, ".new")
        with new.open("w", encoding="utf-8") as written:
            written.write(state.as_json())
            written.flush()
            os.fsync(written.fileno())
        new.replace(self._state_file)

    def _begun(self) -> State | None:
        try:
            return State.of_json(self._state_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            raise ClaimsRefused(
                "state_unreadable",
                _("%(state)s cannot be read. %(remedy)s") % {"state": self._state_file.name, **self._remedy()},
            ) from None

    def _fresh(self, asked: Asked, now: datetime, size: int) -> State:
        told = {name: getattr(asked, name) for name in Asked.__slots__}
        told |= {name: told[name] and told[name].isoformat() for name in ("known_at", "since")}
        key = self._key.prefix if self._key else ""
        digest = self._claims.survey.digest.hex()
        return State(digest=digest, asked=told, key=key, size=size, began_at=now.isoformat())

    def _remedy(self) -> Mapping[str, str]:
        words = _("Name another result with --out, or delete %(state)s to begin anew.")
        return {"remedy": words % {"state": self._state_file.name}}

    def _write(self, state: State, text: str) -> None:
        self._lines.write(text.encode())
        self._lines.flush()
        state.result = self._lines.tell()

    def _kept(self, state: State) -> int:
        return EmergencyCheck.objects.filter(key=self._key, asked_at=state.began).count()

    def _keep_emergencies(self, state: State, chunk: Chunk, kept_before: int) -> None:
        """Each once: those of a chunk are kept together, and a chunk that was stopped after that is known by them."""
        if self._key is None:
            return
        if state.counts["kept"] >= kept_before:
            keep_emergency_claims(claims=chunk.emergencies, key=self._key, now=state.began)
        state.counts["kept"] += len(chunk.emergencies)


def _what_was_asked(state: State) -> dict[str, Any]:
    """Without the moment that nobody named; the size of the chunks stays that of the first run."""
    moment = state.asked["known_at"] if state.asked["past"] else None
    return {**state.asked, "known_at": moment, "key": state.key}


def _require_unchanged(file: IO[bytes], state: State) -> None:
    if digest_of(file).hex() != state.digest:
        raise ClaimsRefused(
            "changed",
            _("The file was changed while it was checked. Run the command again with a file that stays as it is."),
        )


def _put_in_place(result: Path, state: State) -> None:
    """The lines become the result, unless a run that was stopped at the very end did that already."""
    part = _beside(result, ".part")
    if part.stat().st_size == state.result:
        part.replace(result)
    else:
        part.unlink()
    _beside(result, ".state").unlink()


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


@contextmanager
def _alone(part: Path) -> Iterator[IO[bytes]]:
    """The lines so far, held so that nobody else writes them."""
    with part.open("ab+") as lines:
        try:
            fcntl.flock(lines, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ClaimsRefused("busy", _("Somebody else is writing %(part)s.") % {"part": part.name}) from None
        yield lines

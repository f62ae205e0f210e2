"""Several registers on one machine, each the register of a province, that tell each other what they decide."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

from registry.config import environment, folders
from registry.config.certificates import Papers, papers
from registry.config.crew import Crew, reserved
from registry.config.demo_folder import Contents, DemoFolder
from registry.config.demonstration import Demonstration, Region, Say
from registry.config.trouble import Trouble

PROVINCES = ("430000", "510000", "120000")
"""Hunan, whose history the demo tells; Sichuan; Tianjin."""
MOST = len(PROVINCES)
LOOPBACK = "127.0.0.0/8"
ADMINISTRATOR = "administrator"
KNOWN = "known.json"


@dataclass(frozen=True)
class Federation:
    """The registers of the first provinces, with their data in folders below one, at ports one after the other."""

    path: Path
    registers: int
    practitioners: int | None
    seed: int | None
    port: int
    say: Say

    @contextmanager
    def running(self) -> Iterator[list[tuple[dict[str, Any], Crew]]]:
        """Start all of them and introduce each to each, once; end all of them. Raises Trouble."""
        if shared := {"DATABASE_URL", "REDIS_URL"} & environment.given(os.environ).keys():
            raise Trouble(
                f"{min(shared)} is set, and several registers cannot share one database or Redis.",
                "Unset both: each register then brings its own.",
            )
        members = self._members()
        with ExitStack() as ending:
            running = []
            for member in members:
                assert member.region is not None  # as they are made
                self.say(f"Register {member.region.register}")
                running.append(ending.enter_context(member.running()))
            self._introduce(members)
            yield running

    def _members(self) -> list[Demonstration]:
        folders.private(self.path)
        shared, ports = papers(self.path / "papers"), self._ports()
        return [
            self._member(number, province, port, shared)
            for number, (province, port) in enumerate(zip(PROVINCES[: self.registers], ports, strict=True))
        ]

    def _member(self, number: int, province: str, port: int, shared: Papers) -> Demonstration:
        region = Region(f"cn-{province[:2]}", province, port, shared, history=number == 0)
        folder = DemoFolder(self.path / region.register)
        contents: Contents = folder.contents(practitioners=self.practitioners, seed=self.seed)
        return Demonstration(folder, contents, self.port + number if self.port else 0, self.say, region)

    def _ports(self) -> list[int]:
        """Where they reach each other: chosen once, since each knows the others by it."""
        kept = self.path / "ports.json"
        if kept.exists():
            return [int(each) for each in json.loads(kept.read_text())][: self.registers]
        with ExitStack() as ending:
            taken = [ending.enter_context(reserved(0)).getsockname()[1] for _ in range(MOST)]
        kept.write_text(json.dumps(taken))
        return taken[: self.registers]

    def _introduce(self, members: Sequence[Demonstration]) -> None:
        """Each that is not known yet hands over its keys to each other."""
        kept = self.path / KNOWN
        known = set(map(tuple, json.loads(kept.read_text()))) if kept.exists() else set()
        for one, other in permutations(members, 2):
            assert one.region is not None
            assert other.region is not None
            pair = (one.region.register, other.region.register)
            if pair not in known:
                self.say(f"{pair[0]} is introduced to {pair[1]}")
                self._hand_over(one, one.region, other, other.region)
                known.add(pair)
                kept.write_text(json.dumps(sorted(known)))

    def _hand_over(self, one: Demonstration, here: Region, other: Demonstration, there: Region) -> None:
        handed = self.path / f"{here.register}-to-{there.register}.json"
        common = ["--networks", LOOPBACK, "--issuer", str(here.papers.authority), "--by", ADMINISTRATOR]
        asked = ["--region", there.province, "--own-region", here.province, "--into", str(handed)]
        one.command(_running(one), "exchange", "introduce", *asked, "--at", f"{there.address}/", *common)
        other.command(_running(other), "exchange", "believe", str(handed), "--at", f"{here.address}/", *common)
        handed.unlink()


def _running(member: Demonstration) -> dict[str, str]:
    return {**environment.given(os.environ), **environment.of_running_demo(member.folder.path)}

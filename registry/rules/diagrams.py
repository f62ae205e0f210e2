"""The diagrams of procedures in a text: drawn between marks, so that a text never shows another way than the law."""

import re
from collections.abc import Iterable

from registry.rules.procedure import Procedure

_BLOCK = re.compile(r"(<!-- diagram (?P<name>[a-z_]+) -->\n).*?(<!-- end -->)", re.DOTALL)


class Unknown(ValueError):
    """A mark names a procedure that does not exist, or a procedure has no mark in the text."""


def drawn(text: str, procedures: Iterable[Procedure]) -> str:
    """The text with the diagram of each procedure between its marks. Raises Unknown."""
    known = {procedure.name: procedure for procedure in procedures}
    marked = [found["name"] for found in _BLOCK.finditer(text)]
    if sorted(marked) != sorted(known):
        raise Unknown(f"marks for {', '.join(marked) or 'nothing'}; procedures are {', '.join(known)}")
    return _BLOCK.sub(lambda found: f"{found[1]}```mermaid\n{known[found['name']].diagram()}\n```\n{found[3]}", text)

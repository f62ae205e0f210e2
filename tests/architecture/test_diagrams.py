from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from registry.management.commands import diagrams


def test_the_texts_show_the_procedures_as_they_are() -> None:
    out = StringIO()
    call_command("diagrams", check=True, stdout=out)
    assert out.getvalue() == ""


def test_an_outdated_diagram_is_named_and_drawn_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, procedures = next(iter(diagrams.TEXTS.items()))
    whole, copy = path.read_text("utf-8"), tmp_path / "README.md"
    copy.write_text(whole.replace("    [*] --> open\n", "", 1), "utf-8")
    monkeypatch.setattr(diagrams, "HOUSE", tmp_path)
    monkeypatch.setattr(diagrams, "TEXTS", {copy: procedures})
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("diagrams", check=True, stdout=out)
    assert out.getvalue() == "README.md\n"
    call_command("diagrams", stdout=StringIO())
    assert copy.read_text("utf-8") == whole

"""docs/security.md names tests that are there, and every chapter of ASVS."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")


def test_every_file_that_it_names_is_there() -> None:
    named = set(re.findall(r"`((?:tests|deploy|docs|assets|data)/[\w./-]*)`", PAGE))
    assert len(named) > 30
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_every_row_has_a_verdict_and_its_reason() -> None:
    table = PAGE.partition("## ASVS 4.0.3")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ", 2) for line in table.splitlines() if line.startswith("|")]
    items = [row for row in rows if re.match(r"\d+\.\d", row[0])]
    assert {int(row[0].partition(".")[0]) for row in items} == set(range(1, 15))
    for row in items:
        assert row[1] in "✓○–", row
        assert row[2], row

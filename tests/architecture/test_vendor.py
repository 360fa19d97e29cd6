"""Browser scripts of others are those that their packages publish, with their licences."""

import hashlib
import json
from pathlib import Path

import pytest

VENDOR = Path(__file__).parents[2] / "assets" / "js" / "vendor"
LISTED = json.loads((VENDOR / "vendor.json").read_text("utf-8"))


def test_every_file_is_listed() -> None:
    named = {one[name] for one in LISTED for name in ("file", "licence_file")}
    assert {path.name for path in VENDOR.iterdir()} == {*named, "vendor.json"}


@pytest.mark.parametrize("one", LISTED, ids=lambda one: one["file"])
def test_a_script_is_the_published_one(one: dict[str, str]) -> None:
    content = (VENDOR / one["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == one["sha256"]
    assert one["version"].count(".") == 2
    words = {"MIT": "MIT License", "Apache-2.0": "Apache License, Version 2.0"}
    assert words[one["licence"]] in (VENDOR / one["licence_file"]).read_text("utf-8")

"""The bundler: what it makes of modules, run by node, and what it refuses."""

import subprocess
from pathlib import Path

import pytest

from callbacks.http.modules import ModuleError, bundle
from tests.servers import ROOT

SCRIPTS = ROOT / "assets" / "js"


def write(folder: Path, **modules: str) -> Path:
    for name, source in modules.items():
        (folder / f"{name}.mjs").write_text(source, encoding="utf-8")
    return folder


def run(source: bytes) -> str:
    command = ["node", "--input-type=module", "-"]
    return subprocess.run(command, input=source, capture_output=True, check=True).stdout.decode()


def test_modules_see_what_they_import_and_run_once(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        base=(
            'console.log("base");\nexport const one = 1;\nexport function two() {\n  return 2;\n}\n'
        ),
        middle=(
            'import { one } from "./base.mjs";\n'
            "export class Three {\n  value = one + 2;\n}\n"
            "const hidden = 9;\n"
        ),
        entry=(
            'import { one as first, two } from "./base.mjs";\n'
            'import * as middle from "./middle.mjs";\n'
            "console.log(first, two(), new middle.Three().value, middle.hidden);\n"
        ),
    )
    assert run(bundle(folder, "entry.mjs")) == "base\n1 2 3 undefined\n"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ('import "./base.mjs";\n', "can't bundle 'import"),
        ("export default 1;\n", "can't bundle 'export default"),
        ("export let count = 0;\n", "can't bundle 'export let"),
        ('import { a } from "./nowhere.mjs";\n', "there is no module"),
        ('import { a } from "./entry.mjs";\n', "entry.mjs needs itself"),
        ('import { a } from "../outside.mjs";\n', "there is no module"),
    ],
)
def test_what_is_not_understood_is_refused(tmp_path: Path, source: str, reason: str) -> None:
    with pytest.raises(ModuleError, match=reason):
        bundle(write(tmp_path, base="", entry=source), "entry.mjs")


@pytest.mark.parametrize("entry", ["desk.mjs", "wall.mjs", "weekly.mjs"])
def test_every_page_can_be_bundled(entry: str) -> None:
    source = bundle(SCRIPTS, entry)
    command = ["node", "--check", "--input-type=module", "-"]
    subprocess.run(command, input=source, capture_output=True, check=True)

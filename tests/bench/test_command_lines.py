"""Benchmarks, which no other test runs, can be imported; each command line explains itself."""

import re
import subprocess
import sys

from tests.servers import ROOT

MODULES = sorted(path.stem for path in (ROOT / "bench").glob("[!_]*.py"))
#: In a process of its own: what a benchmark of Dash imports changes every page of its process.
PROGRAM = """
import importlib, sys
import typer
from typer.testing import CliRunner
for name in sys.argv[1:]:
    module = importlib.import_module(f"bench.{name}")
    program = getattr(module, "program", None)
    if program is None and "typer" in vars(module):
        program = typer.Typer()
        program.command()(module.main)
    if program is not None:
        said = CliRunner().invoke(program, ["--help"])
        print(name, said.exit_code, "Usage:" in said.output)
"""


def test_each_can_be_imported_and_explains_its_command_line() -> None:
    command = [sys.executable, "-c", PROGRAM, *MODULES]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = dict(line.split(maxsplit=1) for line in done.stdout.splitlines())
    assert set(said.values()) == {"0 True"}, said
    started = set(re.findall(r"-m bench\.(\w+)", (ROOT / "Makefile").read_text("utf-8")))
    assert started <= said.keys()

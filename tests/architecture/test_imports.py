"""Rules that import-linter can't hold: nothing imports the single-file root ``app``."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    path
    for folder in ("callbacks", "layouts", "data", "geo")
    for path in (ROOT / folder).rglob("*.py")
)


def imported(path: Path) -> set[str]:
    """The top-level names that a module imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_imports_app_or_the_tests(path: Path) -> None:
    assert not imported(path) & {"app", "tests", "bench"}


def test_no_callback_is_a_module_level_app() -> None:
    for path in MODULES:
        tree = ast.parse(path.read_text("utf-8"))
        made = [
            ast.unparse(node.value.func)
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        ]
        assert not {"Dash", "FastAPI", "Flask", "Database"} & set(made), path

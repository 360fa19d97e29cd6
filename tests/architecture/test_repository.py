"""What the repository promises about itself: sizes, commands, settings, links, requirements."""

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.settings import Settings

ROOT = Path(__file__).parents[2]
FOLDERS = ("data", "geo", "layouts", "callbacks", "tests", "bench")
CODE = sorted(
    [ROOT / "app.py", *(path for name in FOLDERS for path in (ROOT / name).rglob("*.py"))]
)
BROWSER_CODE = sorted(
    path
    for suffix in ("*.mjs", "*.js")
    for path in (ROOT / "assets").rglob(suffix)
    if "vendor" not in path.parts
)
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
MAX_MEDIAN_LINES = 12
README = (ROOT / "README.md").read_text("utf-8")


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.relative_to(ROOT)}:{node.name}", (node.end_lineno or 0) - node.lineno + 1


def test_no_file_is_too_long() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines())
        for path in (*CODE, *BROWSER_CODE)
    }
    assert {name: n for name, n in lengths.items() if n > MAX_FILE_LINES} == {}


def test_no_function_is_too_long() -> None:
    lengths = {name: n for path in CODE for name, n in functions(path)}
    assert {name: n for name, n in lengths.items() if n > MAX_FUNCTION_LINES} == {}
    assert sorted(lengths.values())[len(lengths) // 2] <= MAX_MEDIAN_LINES


def targets() -> set[str]:
    """The tasks of the Makefile that say what they do."""
    return set(
        re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    )


@pytest.mark.parametrize("path", ["README.md", ".ci/run", ".pre-commit-config.yaml"])
def test_the_commands_that_are_written_down_exist(path: str) -> None:
    text = (ROOT / path).read_text("utf-8")
    used = set(re.findall(r"(?:^|`|entry: )make ([a-z-]+)", text, re.MULTILINE))
    assert used
    assert used <= targets()


def test_the_commands_of_app_that_are_written_down_exist() -> None:
    texts = [README, (ROOT / "deploy" / "README.md").read_text("utf-8")]
    used = {name for text in texts for name in re.findall(r"app\.py ([a-z]+)", text)}
    source = (ROOT / "app.py").read_text("utf-8")
    assert used == set(re.findall(r"@cli\.command\(\)\ndef (\w+)", source))


def test_every_setting_is_described_with_its_default() -> None:
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    described = {line.partition("=")[0] for line in lines if re.match("XT_[A-Z0-9_]+=", line)}
    assert described == {f"XT_{name.upper()}" for name in Settings.model_fields}
    for before, line in itertools.pairwise(lines):
        if line.startswith("XT_"):
            assert before.startswith(("#", "XT_")), line


def test_the_example_is_valid_and_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"XT_{name.upper()}", raising=False)
    (tmp_path / ".env").write_text((ROOT / ".env.example").read_text("utf-8"), "utf-8")
    with_example = Settings().model_dump()
    (tmp_path / ".env").unlink()
    assert with_example == Settings().model_dump()


@pytest.mark.parametrize(
    "path",
    [*sorted(p for p in ROOT.glob("docs/**/*.md")), ROOT / "README.md"],
    ids=lambda p: p.name,
)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text("utf-8")):
        if not link.startswith(("http:", "https:")):
            assert (path.parent / link).exists(), f"{path.name}: {link}"


@pytest.mark.parametrize("path", ["requirements.txt", "tests/requirements.txt"])
def test_requirements_are_pinned_with_hashes_and_name_no_registry(path: str) -> None:
    text = (ROOT / path).read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"^(?:--index-url|--extra-index-url|--find-links|-i )", text, re.MULTILINE)
    names = re.findall(r"^[a-z0-9._-]+==", text, re.MULTILINE)
    assert len(names) > 50
    assert text.count("--hash=sha256:") >= len(names)

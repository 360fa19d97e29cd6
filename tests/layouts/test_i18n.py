import ast
import re
from collections.abc import Iterator
from pathlib import Path

from layouts.i18n import as_lang, browser_messages, catalogue, translator

ROOT = Path(__file__).parents[2]
#: t("…") in the browser's modules; the msgids are plain literals in double quotes.
BROWSER_CALL = re.compile(r'\bt\(\s*"((?:[^"\\]|\\.)*)"')
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def python_msgids(path: Path) -> Iterator[str]:
    """Msgids of ``_("…")``, and Chinese words kept in tables of layouts/words.py."""
    words = path.name == "words.py"
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
            arguments = node.args
        elif words and isinstance(node, ast.Dict):
            arguments = node.values
        else:
            continue
        for argument in arguments:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value


def used_msgids() -> dict[str, str]:
    """Return msgid → the file that uses it."""
    used: dict[str, str] = {}
    for folder in ("layouts", "callbacks", "data/domain/risk"):
        for path in (ROOT / folder).rglob("*.py"):
            used.update(dict.fromkeys(python_msgids(path), str(path.relative_to(ROOT))))
    for path in (ROOT / "assets" / "js").rglob("*.mjs"):
        text = path.read_text("utf-8")
        found = [bytes(m, "utf-8").decode("utf-8") for m in BROWSER_CALL.findall(text)]
        used.update(dict.fromkeys(found, str(path.relative_to(ROOT))))
    return {msgid: where for msgid, where in used.items() if CHINESE.search(msgid)}


def test_catalogue_translates_every_used_msgid():
    missing = {m: where for m, where in used_msgids().items() if m not in catalogue()}
    assert missing == {}


def test_catalogue_has_no_unused_msgid():
    folders = ("layouts", "callbacks", "data/domain/risk")
    sources = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    sources += [*(ROOT / "assets" / "js").rglob("*.mjs")]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    # Some msgids reach `_` through a table, so any literal counts as a use.
    assert [msgid for msgid in catalogue() if f'"{msgid}"' not in text] == []


def test_translator_english_chinese_and_missing():
    assert translator("en")("值班台") == "Duty desk"
    assert translator("zh")("值班台") == "值班台"
    assert translator("en")("没有这句话") == "没有这句话"


def test_placeholders_survive_translation():
    fields = re.compile(r"\{[^{}]*\}")
    wrong = [
        m for m, e in catalogue().items() if sorted(fields.findall(m)) != sorted(fields.findall(e))
    ]
    assert wrong == []


def test_browser_messages_are_empty_for_chinese():
    assert browser_messages("zh") == {}
    assert browser_messages("en")["周报"] == "Week"


def test_as_lang_unknown_is_chinese():
    assert [as_lang(word) for word in ("en", "zh", None, "fr")] == ["en", "zh", "zh", "zh"]

"""Chinese first, English by a switch: msgids are Chinese, ``locale/en.po`` translates."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final, Literal, get_args

from babel.messages.pofile import read_po

Lang = Literal["zh", "en"]
Translator = Callable[[str], str]

LANGS: Final[tuple[Lang, ...]] = get_args(Lang)
DEFAULT_LANG: Final[Lang] = "zh"
#: Value of ``<html lang>`` and of the ``Content-Language`` header.
HTML_LANG: Final[dict[Lang, str]] = {"zh": "zh-CN", "en": "en"}
CATALOGUE: Final = Path(__file__).parent / "locale" / "en.po"


def as_lang(word: str | None) -> Lang:
    """Return the language named by a cookie or a path; Chinese for anything unknown."""
    return "en" if word == "en" else DEFAULT_LANG


def translator(lang: Lang) -> Translator:
    """Return the function that turns a Chinese msgid into ``lang``; a missing one stays Chinese."""
    if lang == DEFAULT_LANG:
        return _as_it_is
    messages = catalogue()
    return lambda msgid: messages.get(msgid, msgid)


def browser_messages(lang: Lang) -> dict[str, str]:
    """Return the translations that the page hands to the browser modules; none for Chinese."""
    return {} if lang == DEFAULT_LANG else dict(catalogue())


@cache
def catalogue() -> dict[str, str]:
    """Return msgid → English of every translated entry of the catalogue."""
    with CATALOGUE.open("rb") as file:
        entries = read_po(file, locale="en")
    return {str(entry.id): str(entry.string) for entry in entries if entry.id and entry.string}


def _as_it_is(msgid: str) -> str:
    return msgid

"""One script out of a page's JavaScript modules, so that a cold load asks once and not fifty times.

The modules keep to a small part of the language, which this file checks: imports are
``import { a, b as c } from "./x.mjs"`` or ``import * as x from "./x.mjs"``, each on lines of its
own; exports are ``export function``, ``export class`` and ``export const``. Each becomes a
function that returns its exports, in the order in which they need each other.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_NAMED: Final = re.compile(r'^import\s*\{([^}]*)\}\s*from\s*"([^"]+)";$', re.MULTILINE)
_WHOLE: Final = re.compile(r'^import\s*\*\s*as\s+(\w+)\s*from\s*"([^"]+)";$', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export ((?:async )?function\*?|class|const) (\w+)", re.MULTILINE)
_LEFT_OVER: Final = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)


class ModuleError(ValueError):
    """A module is missing, needs itself, or uses what this file does not understand."""


def bundle(folder: Path, entry: str) -> bytes:
    """Return one module that does what ``entry`` (a path below ``folder``) does.

    Raises
    ------
    ModuleError
        With the file and the line that is not understood.
    """
    order: list[Path] = []
    _collect(folder / entry, folder, order, ())
    names = {path: f"m{number}" for number, path in enumerate(order)}
    parts = [_wrapped(path, folder, names) for path in order]
    return "\n".join(parts).encode()


def _collect(path: Path, folder: Path, order: list[Path], above: tuple[Path, ...]) -> None:
    """Append a module after everything that it needs."""
    if path in above:
        raise ModuleError(f"{path.relative_to(folder)} needs itself")
    if path in order:
        return
    for needed in _needs(path, _source(path, folder)):
        _collect(needed, folder, order, (*above, path))
    order.append(path)


def _source(path: Path, folder: Path) -> str:
    if not path.is_file() or folder not in path.parents:
        raise ModuleError(f"there is no module {path}")
    return path.read_text(encoding="utf-8")


def _needs(path: Path, source: str) -> Iterator[Path]:
    for pattern in (_NAMED, _WHOLE):
        for found in pattern.finditer(source):
            yield (path.parent / found[2]).resolve()


def _wrapped(path: Path, folder: Path, names: dict[Path, str]) -> str:
    source = _source(path, folder)
    exported = [found[2] for found in _EXPORT.finditer(source)]
    body = _EXPORT.sub(r"\1 \2", source)
    body = _NAMED.sub(lambda f: _take_named(f, names[(path.parent / f[2]).resolve()]), body)
    body = _WHOLE.sub(lambda f: f"const {f[1]} = {names[(path.parent / f[2]).resolve()]};", body)
    if left_over := _LEFT_OVER.search(body):
        raise ModuleError(f"{path.relative_to(folder)}: can't bundle {left_over[0]!r}")
    name = path.relative_to(folder).as_posix()
    return (
        f"const {names[path]} = (() => {{ // {name}\n{body}\n"
        f"return {{ {', '.join(exported)} }};\n}})();"
    )


def _take_named(found: re.Match[str], source: str) -> str:
    """``{ a, b as c }`` → ``const { a, b: c } = m3;``."""
    taken = [re.sub(r"\s+as\s+", ": ", part.strip()) for part in found[1].split(",")]
    return f"const {{ {', '.join(part for part in taken if part)} }} = {source};"

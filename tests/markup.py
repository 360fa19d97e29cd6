"""Looking into trees of Dash components."""

from collections.abc import Iterator
from typing import Any

from dash.development.base_component import Component


def walk(tree: Any) -> Iterator[Component]:
    """Every component, from the outside to the inside, in the order of the page."""
    if isinstance(tree, Component):
        yield tree
        yield from walk(getattr(tree, "children", None))
    elif isinstance(tree, (list, tuple)):
        for part in tree:
            yield from walk(part)


def text(tree: Any) -> str:
    """All text of a tree, separated by spaces."""
    if isinstance(tree, Component):
        return text(getattr(tree, "children", None))
    if isinstance(tree, (list, tuple)):
        return " ".join(part for part in map(text, tree) if part)
    return "" if tree is None else str(tree)


def ids_in(tree: Any) -> list[str]:
    """Ids of all components."""
    return [found for c in walk(tree) if isinstance(found := getattr(c, "id", None), str)]


def bound(tree: Any, attribute: str) -> list[Any]:
    """Values of one ``data-*`` attribute, in order."""
    name = f"data-{attribute}"
    return [getattr(c, name) for c in walk(tree) if hasattr(c, name)]


def links(tree: Any) -> list[str]:
    """Addresses of all links."""
    return [found for c in walk(tree) if (found := getattr(c, "href", None))]


def by_class(tree: Any, name: str) -> list[Component]:
    """Components with a css class."""
    return [c for c in walk(tree) if name in (getattr(c, "className", None) or "").split()]

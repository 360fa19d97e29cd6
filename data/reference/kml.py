"""Names of a KML file's own columns, which GDAL would make illegible.

GDAL writes every letter of a name in ExtendedData that is not ASCII as an underscore, so that
编号 and 名称 become one column; it is given plain names instead, which are turned back afterwards.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from xml.etree import ElementTree  # nosec B405

from data.reference.errors import ImportRefusedError

NAMESPACE: Final = "http://www.opengis.net/kml/2.2"
NAMED: Final = frozenset({"Data", "SimpleData", "SimpleField"})


@contextmanager
def plainly_named(path: Path) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """Yield a copy with plain names of its columns, and plain name → the file's own.

    Raises
    ------
    ImportRefusedError
        If it is no XML.
    """
    content, own = with_plain_names(path.read_bytes())
    with tempfile.TemporaryDirectory(prefix="xt-kml-") as folder:
        copy = Path(folder) / path.name  # GDAL calls a layer without a name after the file
        copy.write_bytes(content)
        yield copy, own


def with_plain_names(content: bytes) -> tuple[bytes, Mapping[str, str]]:
    """Return the file with plain names of its columns, and plain name → the file's own.

    Raises
    ------
    ImportRefusedError
        If it is no XML.
    """
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 # nosec B314
    except (ElementTree.ParseError, ValueError) as error:
        raise ImportRefusedError(
            f"KML 文件无法读取：{error}。/ the KML file can't be read: {error}"
        ) from error
    plain: dict[str, str] = {}
    for node in root.iter():
        node.tag = str(node.tag).rpartition("}")[2]
        name = node.get("name")
        if node.tag in NAMED and name:
            node.set("name", plain.setdefault(name, f"xt{len(plain)}"))
    root.set("xmlns", NAMESPACE)
    return ElementTree.tostring(root, encoding="utf-8"), {own: name for name, own in plain.items()}

"""The mapping file: which topics of other vendors say what (docs/mqtt.md)."""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import (
    BeforeValidator,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)

from data.domain.errors import ReadingError, Refusal
from data.domain.readings import MAX_ID_LENGTH, VALUE_RANGES
from data.errors import StartError
from data.feeds.mqtt.entries import At, Part, StatusOf, TimeOf, ValueOf, as_text, in_short

#: What our own topics begin with: no other vendor's.
OWN: Final = "xintang/v1/"
#: Columns of a file with a vendor's numbers.
COLUMNS: Final = ("number", "device_id")
MAX_NAME: Final = 40


class Source(Part):
    """One kind of messages of one vendor."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$", max_length=MAX_NAME)
    topic: str
    device: At
    #: The vendor's numbers → our devices: a table, or a CSV file; without it the number is ours.
    devices: dict[str, str] | str | None = None
    #: Messages of other kinds on the same topic are passed over.
    where: At | None = None
    #: The list of readings in the message; without it the message is one reading.
    items: At | None = None
    message_id: At | None = None
    gateway: At | None = None
    time: Annotated[TimeOf, BeforeValidator(in_short)] | None = None
    status: StatusOf | None = None
    values: dict[str, Annotated[ValueOf, BeforeValidator(in_short)]] = Field(default_factory=dict)
    _numbers: dict[str, str] | None = PrivateAttr(None)

    @field_validator("topic")
    @classmethod
    def _valid_filter(cls, topic: str) -> str:
        levels = topic.split("/")
        if not topic or "\0" in topic or topic.startswith("$"):
            raise ValueError("must be a topic filter such as vendor/+/up, without $share")
        if topic.startswith(OWN):
            raise ValueError(f"{OWN}… are our own topics")
        if any("+" in level and level != "+" for level in levels):
            raise ValueError("+ must stand alone between two /")
        if any("#" in level for level in levels[:-1]) or levels[-1] not in {"#", *_plain(levels)}:
            raise ValueError("# must be the last level by itself")
        return topic

    @field_validator("values")
    @classmethod
    def _known_values(cls, values: dict[str, ValueOf]) -> dict[str, ValueOf]:
        if unknown := values.keys() - VALUE_RANGES.keys():
            names = ", ".join(VALUE_RANGES)
            raise ValueError(f"unknown value {', '.join(sorted(unknown))}; known: {names}")
        return values

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.status is None and not self.values:
            raise ValueError("a source needs a status or at least one value")
        return self

    def load_numbers(self, folder: Path) -> None:
        """Read the vendor's numbers; a file is looked for beside the mapping.

        Raises
        ------
        ValueError
            If the file can't be read, or a number stands twice or has no device.
        """
        if isinstance(self.devices, str):
            self._numbers = read_numbers(folder / self.devices)
        else:
            self._numbers = self.devices

    def device_of(self, number: Any) -> str:
        """Return our device.

        Raises
        ------
        ReadingError
            If there is no number, or it is not in the table.
        """
        text = as_text(number)
        if not text or not text.isprintable():
            raise ReadingError(f"no device at {self.device.text!r}", Refusal.DEVICE)
        if self._numbers is None:
            return text
        if text not in self._numbers:
            unknown = f"number {text!r} is not in the devices of {self.name}"
            raise ReadingError(unknown, Refusal.DEVICE)
        return self._numbers[text]


class _File(Part):
    source: list[Source] = Field(min_length=1)

    @field_validator("source")
    @classmethod
    def _once(cls, sources: list[Source]) -> list[Source]:
        for what in ("name", "topic"):
            seen: set[str] = set()
            for source in sources:
                value = getattr(source, what)
                if value in seen:
                    raise ValueError(f"{what} {value!r} stands twice")
                seen.add(value)
        return sources


@dataclass(frozen=True, slots=True)
class MappingTable:
    """The sources of a mapping file, in its order."""

    sources: tuple[Source, ...] = field(default=())

    def source_of(self, topic: str) -> Source | None:
        """Return the first source whose filter has the topic."""
        levels = topic.split("/")
        return next((s for s in self.sources if matches(s.topic.split("/"), levels)), None)


def matches(pattern: list[str], levels: list[str]) -> bool:
    """Return whether a filter has a topic; both are given level by level.

    Examples
    --------
    >>> matches(["a", "+", "#"], ["a", "b", "c", "d"]), matches(["a", "#"], ["a"])
    (True, True)
    >>> matches(["a", "+"], ["a", "b", "c"])
    False
    """
    if pattern[-1] == "#":
        pattern = pattern[:-1]
        levels = levels[: len(pattern)]
    return len(pattern) == len(levels) and all(
        want in ("+", have) for want, have in zip(pattern, levels, strict=True)
    )


def load_mapping(path: Path | None) -> MappingTable:
    """Read a mapping file; without one there are only our own topics.

    Raises
    ------
    StartError
        If it can't be read or says something wrong; the message names file, entry and reason.
    """
    if path is None:
        return MappingTable()
    raw: dict[str, Any] = {}
    try:
        raw = tomllib.loads(path.read_text("utf-8-sig"))
        sources = _File.model_validate(raw).source
    except ValidationError as error:
        wrong = "; ".join(_sentence(detail, raw) for detail in error.errors(include_url=False))
        raise _refused(path, wrong) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _refused(path, str(error)) from None
    for number, source in enumerate(sources, 1):
        try:
            source.load_numbers(path.parent)
        except ValueError as error:
            raise _refused(path, f"source {number} ({source.name}), devices: {error}") from None
    return MappingTable(tuple(sources))


def read_numbers(path: Path) -> dict[str, str]:
    """Read a vendor's numbers from a CSV file with the columns ``number`` and ``device_id``.

    Raises
    ------
    ValueError
        If it can't be read, or a number stands twice or has no device.
    """
    found: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if missing := set(COLUMNS) - set(rows.fieldnames or ()):
                raise ValueError(f"{path} has no column {', '.join(sorted(missing))}")
            for row in rows:
                number, device_id = ((row[name] or "").strip() for name in COLUMNS)
                if not number or not 0 < len(device_id) <= MAX_ID_LENGTH:
                    raise ValueError(f"{path}, line {rows.line_num}: number or device is missing")
                if found.setdefault(number, device_id) != device_id:
                    raise ValueError(f"{path}, line {rows.line_num}: {number} stands twice")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path} can't be read: {error}") from None
    return found


def _plain(levels: list[str]) -> list[str]:
    return [level for level in levels if "#" not in level]


def _sentence(detail: Any, raw: Mapping[str, Any]) -> str:
    """Return where a mistake stands, as a person looks for it, and what it is."""
    where, reason = list(detail["loc"]), detail.get("ctx", {}).get("error") or detail["msg"]
    if where[:1] != ["source"] or len(where) < 2 or not isinstance(where[1], int):  # noqa: PLR2004
        return f"{'.'.join(map(str, where))}: {reason}"
    entry = raw["source"][where[1]]
    name = entry.get("name", "?") if isinstance(entry, dict) else "?"
    rest = ".".join(str(part) for part in where[2:])
    return f"source {where[1] + 1} ({name}){', ' if rest else ''}{rest}: {reason}"


def _refused(path: Path, wrong: str) -> StartError:
    return StartError(f"映射文件 {path} 有误 / The mapping {path} is wrong: {wrong}")

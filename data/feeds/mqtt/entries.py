"""What an entry of a mapping may say: expressions, times, values, status words."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, field_validator

from data.domain.words import Reported

#: A word that says nothing.
IGNORE: Final = "ignore"
_MS: Final = 1000


@dataclass(frozen=True, slots=True)
class Expression:
    """A JMESPath expression over ``topic`` (its levels), ``message`` and ``item``."""

    text: str
    _parsed: Any

    @classmethod
    def parse(cls, text: Any) -> Self:
        """Compile an expression, so that a mistake is found at the start."""
        if not isinstance(text, str) or not text.strip():
            raise ValueError("an expression must be a text such as item.temp or topic[1]")
        try:
            return cls(text, jmespath.compile(text))
        except JMESPathError as error:
            raise ValueError(f"{text!r} is no JMESPath expression: {_one_line(error)}") from None

    def of(self, document: Mapping[str, Any]) -> Any:
        """Return what it finds; None where there is nothing.

        Raises
        ------
        ValueError
            If a function of the expression does not take what is there.
        """
        try:
            return self._parsed.search(document)
        except JMESPathError as error:
            raise ValueError(f"{self.text!r}: {_one_line(error)}") from None


At = Annotated[Expression, PlainValidator(Expression.parse)]


def _word(word: str) -> str:
    known = [*Reported, IGNORE]
    if word not in known:
        raise ValueError(f"unknown status {word!r}; known: {', '.join(known)}")
    return word


Word = Annotated[str, AfterValidator(_word)]


def in_short(value: Any) -> Any:
    """Return a bare expression as the table that it is short for."""
    return {"at": value} if isinstance(value, str) else value


class Part(BaseModel):
    """A table of the file; an entry that nobody knows is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class TimeOf(Part):
    """Where the device's time stands, and how it is written."""

    at: At
    #: ``unix_s``, ``unix_ms``, ``iso``, or a pattern of ``strptime``.
    format: str = "iso"
    #: Of times that say no zone themselves.
    zone: str = "Asia/Shanghai"

    @field_validator("format")
    @classmethod
    def _known_format(cls, value: str) -> str:
        if value not in {"unix_s", "unix_ms", "iso"} and "%" not in value:
            raise ValueError("must be unix_s, unix_ms, iso or a pattern such as %Y%m%d%H%M%S")
        return value

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{value!r} is no time zone such as Asia/Shanghai") from None
        return value

    def read(self, value: Any) -> datetime:
        """Return a time in UTC.

        Raises
        ------
        ValueError
            If it is not written as the mapping says.
        """
        try:
            return self._read(value).astimezone(UTC)
        except (ValueError, OverflowError, OSError, TypeError):
            raise ValueError(f"time {value!r} is not {self.format}") from None

    def _read(self, value: Any) -> datetime:
        if self.format in {"unix_s", "unix_ms"}:
            seconds = float(value) / (_MS if self.format == "unix_ms" else 1)
            return datetime.fromtimestamp(seconds, UTC)
        text = str(value)
        if self.format == "iso":
            moment = datetime.fromisoformat(text)
        else:
            moment = datetime.strptime(text, self.format)  # noqa: DTZ007 - the zone follows
        return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(self.zone))


class ValueOf(Part):
    """Where a value stands; in our unit it is ``factor`` × what stands there + ``offset``."""

    at: At
    factor: float = Field(1.0, allow_inf_nan=False)
    offset: float = Field(0.0, allow_inf_nan=False)
    #: What is a little beyond these, as of a sensor's drift, is taken as the limit itself.
    limits: tuple[float, float] | None = None

    def read(self, value: Any) -> float:
        """Return a value in our unit.

        Raises
        ------
        ValueError
            If it is not a number.
        """
        try:
            number = round(float(str(value)) * self.factor + self.offset, 9)
        except ValueError:
            raise ValueError(f"{value!r} is not a number") from None
        if self.limits is None or math.isnan(number):
            return number
        return min(max(number, self.limits[0]), self.limits[1])


class StatusOf(Part):
    """Where the status stands, and what the vendor's words mean."""

    at: At
    words: dict[str, Word] = Field(min_length=1)
    #: For words that are not listed; without it such a message is set aside.
    otherwise: Word | None = None

    def read(self, value: Any) -> Reported | None:
        """Return what one of the vendor's words means; None if it says nothing.

        Raises
        ------
        ValueError
            If the word is not in the mapping.
        """
        word = self.words.get(as_text(value), self.otherwise)
        if word is None:
            raise ValueError(f"status {value!r} is not in the mapping's words")
        return None if word == IGNORE else Reported(word)


def as_text(value: Any) -> str:
    """Return a scalar of JSON as the words and numbers of a mapping are written.

    Examples
    --------
    >>> as_text(True), as_text(1.0), as_text(" A7 "), as_text(None)
    ('true', '1', 'A7', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())

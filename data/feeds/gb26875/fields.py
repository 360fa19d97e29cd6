"""Times and texts as they stand in a frame: the bytes are kept, their meaning is derived."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final, Self

from data.feeds.gb26875.errors import ContentError

#: Devices keep local time; China has had one offset all year round since 1992.
LOCAL: Final = timezone(timedelta(hours=8))
CENTURY: Final = 2000
MOMENT_BYTES: Final = 6
#: 部件说明 (clause 8.2.1.2).
TEXT_BYTES: Final = 31
ENCODING: Final = "gb18030"
_REPLACED: Final = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Moment:
    """时间标签 (clause 8.2.2): second, minute, hour, day, month, year - 2000, plain binary.

    A device whose clock is broken sends numbers that are no time; they are kept as they came.
    """

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != MOMENT_BYTES:
            raise ContentError(f"a time has {MOMENT_BYTES} bytes, not {len(self.raw)}")

    @classmethod
    def of(cls, when: datetime) -> Self:
        """Return an aware time as a device would write it.

        Raises
        ------
        ContentError
            If the year has no place in a byte.
        """
        local = when.astimezone(LOCAL)
        if not CENTURY <= local.year <= CENTURY + 255:
            raise ContentError(f"the year {local.year} has no place in a frame")
        year = local.year - CENTURY
        return cls(bytes((local.second, local.minute, local.hour, local.day, local.month, year)))

    @property
    def utc(self) -> datetime | None:
        """The time in UTC; None if these bytes are no time."""
        second, minute, hour, day, month, year = self.raw
        try:
            local = datetime(CENTURY + year, month, day, hour, minute, second, tzinfo=LOCAL)
        except ValueError:
            return None
        return local.astimezone(UTC)

    def __bytes__(self) -> bytes:
        """Return the six bytes."""
        return self.raw


def text_of(raw: bytes) -> str:
    """Return GB 18030 bytes as text: up to the first 0, without padding or half a character."""
    text = raw.split(b"\0", 1)[0].decode(ENCODING, "replace").rstrip(_REPLACED)
    return "".join(c if c.isprintable() else " " for c in text).strip()


@dataclass(frozen=True, slots=True)
class Description:
    """部件说明 (clause 8.2.1.2): 31 bytes of GB 18030, padded with 0 or spaces."""

    raw: bytes = bytes(TEXT_BYTES)

    def __post_init__(self) -> None:
        if len(self.raw) != TEXT_BYTES:
            raise ContentError(f"a description has {TEXT_BYTES} bytes, not {len(self.raw)}")

    @classmethod
    def of(cls, text: str) -> Self:
        """Return a text, cut after the last whole character that has room.

        Raises
        ------
        ContentError
            If GB 18030 has no bytes for it.
        """
        raw = b""
        for character in text:
            try:
                more = raw + character.encode(ENCODING)
            except UnicodeEncodeError as error:
                raise ContentError(f"GB 18030 has no bytes for {error.object!r}") from None
            if len(more) > TEXT_BYTES:
                break
            raw = more
        return cls(raw.ljust(TEXT_BYTES, b"\0"))

    @property
    def text(self) -> str:
        """The text without its padding."""
        return text_of(self.raw)

    def __bytes__(self) -> bytes:
        """Return the 31 bytes."""
        return self.raw

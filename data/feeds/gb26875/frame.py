"""One frame ↔ its bytes (clause 6.6, 数据包结构)."""

import struct
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from data.feeds.gb26875.errors import ChecksumError, ContentError, FramingError
from data.feeds.gb26875.fields import Moment
from data.feeds.gb26875.words import Command

START: Final = b"@@"
END: Final = b"##"
MAX_DATA: Final = 1024
#: A frame without application data: everything but the data.
OVERHEAD: Final = 30
#: How many bytes must be there before the length of a frame is known.
HEAD: Final = 26
MAX_FRAME: Final = OVERHEAD + MAX_DATA
#: 主版本号 is fixed, 用户版本号 is the user's.
VERSION: Final = (1, 1)
MAX_ADDRESS: Final = 2**48 - 1
_HEADER: Final = struct.Struct("<HBB6s6s6sHB")


@dataclass(frozen=True, slots=True)
class Frame:
    """控制单元 and 应用数据单元 of one frame; ``data`` is empty or a data unit (`parse_unit`).

    ``serial`` is the 业务流水号 that an answer repeats; ``source`` and ``destination`` are
    addresses of 6 bytes. ``command`` is a `Command` or one of the user's own numbers.
    """

    serial: int
    at: Moment
    source: int
    destination: int
    command: int
    data: bytes = b""
    version: tuple[int, int] = VERSION

    def encode(self) -> bytes:
        """Return the bytes of the frame.

        Raises
        ------
        ContentError
            If a number or the data has no room in it.
        """
        if len(self.data) > MAX_DATA:
            raise ContentError(f"application data has at most {MAX_DATA} bytes")
        try:
            body = self._header() + self.data
        except (struct.error, OverflowError, ValueError) as error:
            raise ContentError(f"a number has no room in a frame: {error}") from None
        return b"".join((START, body, bytes((checksum(body),)), END))

    def reply(self, command: Command, at: datetime) -> "Frame":
        """Return the confirmation or denial of this frame (clauses 6.2, 6.3): no data."""
        return replace(
            self,
            at=Moment.of(at),
            source=self.destination,
            destination=self.source,
            command=int(command),
            data=b"",
        )

    def _header(self) -> bytes:
        return _HEADER.pack(
            self.serial,
            *self.version,
            bytes(self.at),
            self.source.to_bytes(6, "little"),
            self.destination.to_bytes(6, "little"),
            len(self.data),
            self.command,
        )


def checksum(body: bytes | bytearray) -> int:
    """Return the sum of the bytes between start and checksum, modulo 256 (clause 6.6)."""
    return sum(body) & 0xFF


def data_length(raw: bytes | bytearray, start: int = 0) -> int:
    """Return the length of the data that the frame at ``start`` claims; its head must be there."""
    return raw[start + HEAD - 2] | raw[start + HEAD - 1] << 8


def decode_frame(raw: bytes) -> Frame:
    """Return the frame that exactly these bytes are.

    Raises
    ------
    FramingError, ChecksumError
        If they are no whole frame, or their sum is wrong.
    """
    if len(raw) < OVERHEAD or not raw.startswith(START) or not raw.endswith(END):
        raise FramingError("a frame starts with @@, ends with ## and has at least 30 bytes")
    length = data_length(raw)
    if length > MAX_DATA or len(raw) != OVERHEAD + length:
        raise FramingError(f"{len(raw)} bytes can't be a frame with {length} bytes of data")
    if checksum(raw[2:-3]) != raw[-3]:
        raise ChecksumError(f"the sum is {checksum(raw[2:-3])}, the frame says {raw[-3]}")
    return read_unchecked(raw)


def read_unchecked(raw: bytes) -> Frame:
    """Return what a frame of the right length says, though its sum may be wrong: to deny it."""
    serial, main, user, at, source, destination, length, command = _HEADER.unpack_from(raw, 2)
    return Frame(
        serial=serial,
        at=Moment(at),
        source=int.from_bytes(source, "little"),
        destination=int.from_bytes(destination, "little"),
        command=command,
        data=raw[HEAD + 1 : HEAD + 1 + length],
        version=(main, user),
    )

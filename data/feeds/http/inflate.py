"""``Content-Encoding: gzip`` with a limit on what comes out of it."""

import zlib
from typing import Final

#: zlib's word for the format of gzip.
GZIP: Final = 16 + zlib.MAX_WBITS


class InflateError(ValueError):
    """These bytes are no whole gzip."""


class InflatedTooLargeError(ValueError):
    """More comes out of them than is allowed."""


def gunzip(body: bytes, limit: int) -> bytes:
    """Return what was packed, in one or more members; no more than the limit is ever unpacked.

    Raises
    ------
    InflateError, InflatedTooLargeError
        If it is damaged or cut short, or larger than ``limit`` bytes.
    """
    found, rest = bytearray(), body
    while rest:
        unpacker = zlib.decompressobj(GZIP)
        try:
            found += unpacker.decompress(rest, limit + 1 - len(found))
        except zlib.error as error:
            raise InflateError(f"the body is not gzip: {error}") from None
        if len(found) > limit:
            raise InflatedTooLargeError(f"the body has more than {limit} bytes when unpacked")
        if not unpacker.eof:
            raise InflateError("the gzip body is cut short")
        rest = unpacker.unused_data
    return bytes(found)

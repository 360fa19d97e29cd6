"""The codec's own errors: whatever bytes come in, nothing else is raised."""


class CodecError(ValueError):
    """Bytes that are not what the standard says, or a record that it has no bytes for."""


class FramingError(CodecError):
    """Start, length, or end of a frame are not where they must be (clause 6.6)."""


class ChecksumError(CodecError):
    """The sum of a frame's bytes is not what the frame says (clause 6.6)."""


class ContentError(CodecError):
    """The application data does not fit its type (clauses 7 and 8)."""

"""What programs are answered, as the description of the API says it (``/api/docs``)."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from data.domain.api_keys import KeyScope
from data.domain.words import DeviceKind, Way

Ms = Annotated[int, Field(description="Unix milliseconds")]
Count = Annotated[int, Field(ge=0)]


class Answer(BaseModel):
    """Answers have these members and no others."""

    model_config = ConfigDict(extra="forbid")


class ProblemAnswer(BaseModel):
    """A refusal by RFC 9457, with further members of its own."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str


class RejectedItem(Answer):
    """An item that was not taken: its place in the list, and why."""

    index: Count
    error: str


class ReadingsAnswer(Answer):
    """What became of a batch; everything accepted is committed."""

    accepted: Count
    duplicates: Annotated[int, Field(ge=0, description="had come before and had no effect")]
    rejected: list[RejectedItem]


class KeyAnswer(Answer):
    """A key; empty lists of communities and kinds: all of them."""

    id: int
    name: str
    scopes: list[KeyScope]
    communities: list[str]
    kinds: list[DeviceKind]
    rate_per_s: int | None
    created_at: Ms
    created_by: str
    last_used_at: Ms | None
    revoked_at: Ms | None
    revoked_by: str | None


class NewKeyAnswer(KeyAnswer):
    """A key just made; ``key`` is shown this once."""

    key: str


class LetterLine(Answer):
    """A message that could not be taken, without its bytes."""

    id: int
    way: Way
    source: str
    received_at: Ms
    size: Annotated[int, Field(description="bytes that came")]
    reason: str
    error: str
    settled_at: Ms | None
    settled_by: str | None
    outcome: Literal["replayed", "discarded"] | None


class LetterAnswer(LetterLine):
    """With its bytes: as text where they are UTF-8, and in base64."""

    text: str | None
    base64: str
    cut: Annotated[bool, Field(description="only the first 32 KiB were kept")]


class Loss(Answer):
    """How many gave their place to newer ones before anybody saw them."""

    count: Count
    last_at: Ms


class LettersAnswer(Answer):
    """A page of letters, and how many wait or were lost, by way."""

    letters: list[LetterLine]
    waiting: dict[Way, Count]
    lost: dict[Way, Loss]


class RefusedLetter(Answer):
    """A letter that can't be taken now either."""

    id: int
    error: str


class ReplayAnswer(Answer):
    """What became of each."""

    replayed: list[int]
    refused: list[RefusedLetter]


class DiscardAnswer(Answer):
    """Those that were discarded now; others were settled before."""

    discarded: list[int]

"""Models of the ways in: the keys that open them, and what could not be taken."""

from datetime import datetime

from sqlalchemy import JSON, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from data.domain.words import Settled, Way
from data.store.base import Base
from data.store.events import only_where
from data.store.places import CODE
from data.store.types import Word

#: A key's or gateway's name, a topic, a transmitter's address.
SOURCE = String(128)


class DeadLetter(Base):
    """A message that could not be taken, as it came; it waits while ``settled_at`` is null."""

    __tablename__ = "dead_letter"
    __table_args__ = (Index("ix_dead_letter_way_source_id", "way", "source", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    way: Mapped[Way] = mapped_column(Word(Way))
    source: Mapped[str] = mapped_column(SOURCE)
    received_at: Mapped[datetime] = mapped_column(index=True)
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    #: How many bytes came; more than ``raw`` has if it was cut.
    size: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(CODE)
    error: Mapped[str] = mapped_column(Text)
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(CODE)
    outcome: Mapped[Settled | None] = mapped_column(Word(Settled))


class DeadLetterLoss(Base):
    """How many waiting dead letters of a way gave their place to newer ones, and when the last."""

    __tablename__ = "dead_letter_loss"

    way: Mapped[Way] = mapped_column(Word(Way), primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime]


class ApiKeyRow(Base):
    """A key of the HTTP way in, kept as its SHA-256; revoked ones stay for the audit."""

    __tablename__ = "api_key"
    __table_args__ = (
        Index("uq_api_key_name_in_use", "name", unique=True, **only_where("revoked_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    #: For whom it may report; empty: for everybody.
    communities: Mapped[list[str]] = mapped_column(JSON)
    kinds: Mapped[list[str]] = mapped_column(JSON)
    #: Readings a second; null: as many as it likes.
    rate_per_s: Mapped[int | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(CODE)
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None] = mapped_column(CODE)

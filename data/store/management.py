"""Models of prevention and administration: inspections, fires, programme, users, audit."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.domain.words import DeviceKind, Role
from data.store.base import Base
from data.store.places import CODE, NAME
from data.store.types import Word


class Inspection(Base):
    """One visit to a building."""

    __tablename__ = "inspection"

    id: Mapped[int] = mapped_column(primary_key=True)
    building_id: Mapped[str] = mapped_column(ForeignKey("building.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    inspector: Mapped[str] = mapped_column(NAME)
    result: Mapped[str] = mapped_column(CODE)
    demo: Mapped[bool] = mapped_column(default=False)


class Hazard(Base):
    """隐患 found at an inspection, open while ``closed_at`` is null; level 1 general, 2 serious."""

    __tablename__ = "hazard"

    id: Mapped[int] = mapped_column(primary_key=True)
    building_id: Mapped[str] = mapped_column(ForeignKey("building.id"), index=True)
    inspection_id: Mapped[int | None] = mapped_column(ForeignKey("inspection.id"))
    kind: Mapped[str] = mapped_column(CODE)
    level: Mapped[int] = mapped_column(default=1)
    found_at: Mapped[datetime] = mapped_column(index=True)
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    note: Mapped[str] = mapped_column(Text, default="")
    demo: Mapped[bool] = mapped_column(default=False)


class Fire(Base):
    """A past fire, monitored or reported by phone; an incident is at most one."""

    __tablename__ = "fire"
    __table_args__ = (UniqueConstraint("incident_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    building_id: Mapped[str | None] = mapped_column(ForeignKey("building.id"), index=True)
    community_code: Mapped[str] = mapped_column(ForeignKey("community.code"), index=True)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    lon: Mapped[float]
    lat: Mapped[float]
    cause: Mapped[str] = mapped_column(CODE)
    severity: Mapped[int] = mapped_column(default=1)
    note: Mapped[str] = mapped_column(Text, default="")
    demo: Mapped[bool] = mapped_column(default=False)


class ProgrammeTask(Base):
    """A task of the three-year programme (建设进度)."""

    __tablename__ = "programme_task"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(NAME)
    due: Mapped[date]
    progress_pct: Mapped[int] = mapped_column(default=0)
    done_on: Mapped[date | None]
    demo: Mapped[bool] = mapped_column(default=False)


class User(Base):
    """An account; ``password_hash`` is Argon2id."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(CODE, unique=True)
    role: Mapped[Role] = mapped_column(Word(Role))
    label: Mapped[str] = mapped_column(NAME)
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class UserSession(Base):
    """A signed-in browser; the cookie's token is kept only as its SHA-256."""

    __tablename__ = "user_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    #: Null for a display, which must not be signed out.
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(64), default="")
    browser: Mapped[str] = mapped_column(String(200), default="")


class DisplayPairing(Base):
    """A screen that shows a code and waits; ``user_id`` once an admin has entered it.

    The screen's cookie is kept only as its SHA-256; the row goes when the session is fetched.
    """

    __tablename__ = "display_pairing"

    secret_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class Audit(Base):
    """Who did what, when, from where and why; rows are only ever added.

    ``session.add`` one: at the commit :mod:`data.store.audit` gives it its id and its hashes.
    """

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(CODE, index=True)
    action: Mapped[str] = mapped_column(CODE, index=True)
    subject: Mapped[str] = mapped_column(String(80), index=True)
    address: Mapped[str] = mapped_column(String(64))
    result: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    #: What was asked for, and what it changed.
    detail: Mapped[dict[str, Any]]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    prev: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """The one row that says where the audit's chain ends; whoever adds to it holds this row."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_id: Mapped[int]
    last_hash: Mapped[str] = mapped_column(String(64))
    #: Rows up to this one may be deleted; the database refuses any other.
    pruned_to: Mapped[int]


class Command(Base):
    """A command that was carried out, by its click, with the answer that a repeat gets again.

    ``fingerprint`` tells a repeat from another command that came under the same key.
    """

    __tablename__ = "command"

    actor: Mapped[str] = mapped_column(CODE, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)


class RuleOverride(Base):
    """Numbers of a rule that an admin changed; the table itself is ``data.domain.rules.RULES``."""

    __tablename__ = "rule_override"

    device_kind: Mapped[DeviceKind] = mapped_column(Word(DeviceKind), primary_key=True)
    cause: Mapped[str] = mapped_column(CODE, primary_key=True)
    on_value: Mapped[float]
    off_value: Mapped[float]
    on_delay_s: Mapped[int]
    off_delay_s: Mapped[int]


class RuleHistory(Base):
    """One change of a rule's numbers; rows are only ever added, which tells caches of a change."""

    __tablename__ = "rule_history"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(CODE)
    device_kind: Mapped[DeviceKind] = mapped_column(Word(DeviceKind))
    cause: Mapped[str] = mapped_column(CODE)
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(Text)

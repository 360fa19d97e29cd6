"""The version of everything that is drawn; a new one makes the browsers load the geometry again."""

from uuid import uuid4

from sqlalchemy.orm import Session

from data.store.places import Meta

GEOMETRY_VERSION = "geometry_version"


def geometry_version(session: Session) -> str | None:
    """Return the version in force, ``None`` before the first load."""
    row = session.get(Meta, GEOMETRY_VERSION)
    return None if row is None else row.value


def touch_geometry_version(session: Session) -> str:
    """Set a fresh version, in the caller's transaction, and return it."""
    version = uuid4().hex[:16]
    session.merge(Meta(key=GEOMETRY_VERSION, value=version))
    return version

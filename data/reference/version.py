"""The version of everything that is drawn; a new one makes the browsers load the geometry again."""

from sqlalchemy.orm import Session

from data.store.places import Meta

GEOMETRY_VERSION = "geometry_version"


def geometry_version(session: Session) -> str | None:
    """Return the version in force, ``None`` before the first load."""
    row = session.get(Meta, GEOMETRY_VERSION)
    return None if row is None else row.value

"""What a database needs before the first screen: its tables, the reference data, the demo town."""

from collections.abc import Callable
from datetime import datetime

from alembic.util import CommandError
from sqlalchemy import func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from data.errors import StartError
from data.store import migrate
from data.store.database import Database
from data.store.models import Base, Building, Community, Device

Progress = Callable[[str, float], None]


def migrate_database(url: str) -> None:
    """Bring the database to the newest revision.

    Raises
    ------
    StartError
        If it does not answer, is damaged, or belongs to a newer version of the application.
    """
    try:
        migrate.upgrade(url)
    except (SQLAlchemyError, CommandError) as error:
        raise _unusable(url, error) from error


def check_migrated(url: str) -> None:
    """See that the database is at the newest revision.

    Raises
    ------
    StartError
        If it is not, or does not answer.
    """
    try:
        revision = migrate.current(url)
    except SQLAlchemyError as error:
        raise _unusable(url, error) from error
    if revision != migrate.head():
        raise StartError(
            "数据库结构不是最新版本，请先执行 python app.py migrate。"
            "/ The database is not at this version's revision; run python app.py migrate first."
        )


def load_reference_data(database: Database) -> None:
    """Load the packaged reference data; what was imported from official data stays."""
    # Only here: shapely and pyproj take a while to import, and most starts have their town.
    from data.reference.load import load_reference  # noqa: PLC0415

    with database.writing() as session:
        load_reference(session)


def needs_reference(database: Database) -> bool:
    """Say whether the database has no communities yet."""
    with database.reading() as session:
        return _count(session, Community) == 0


def needs_town(database: Database) -> bool:
    """Say whether nothing stands on the ground yet, neither a demo town nor official data."""
    with database.reading() as session:
        return _count(session, Building) == 0 and _count(session, Device) == 0


def make_town(database: Database, devices: int, now: datetime, progress: Progress) -> None:
    """Make the demo town, whole or not at all: an interrupted start leaves nothing half made."""
    from data.demo.generate import generate_town  # noqa: PLC0415 - see load_reference_data

    generate_town(database, devices=devices, now=now, progress=progress)


def register_demo_transmitters(database: Database, now: datetime) -> None:
    """Give the demo's transmitters their addresses, also in a town of an older version."""
    # Only here: see load_reference_data.
    from data.demo.transmitters import needs_addresses, register_transmitters  # noqa: PLC0415

    with database.reading() as session:
        if not needs_addresses(session):
            return
    with database.writing() as session:
        register_transmitters(session, now)


def _count(session: Session, model: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def _unusable(url: str, error: Exception) -> StartError:
    shown = make_url(url).render_as_string(hide_password=True)
    cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    return StartError(
        f"数据库 {shown} 无法使用：{cause}。请修复，或移走该文件后重新启动。"
        f"/ The database {shown} can't be used: {cause}. "
        "Put it right, or move it away and start again."
    )

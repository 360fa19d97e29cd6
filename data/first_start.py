"""What a database needs before the first screen: its tables, the reference data, the demo town."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from alembic.util import CommandError
from sqlalchemy import delete, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from data.errors import StartError
from data.store import migrate
from data.store.database import Database
from data.store.models import Base, Building, Community, ContextFeature, Meta

Progress = Callable[[str, float], None]

TOWN_SEED: Final = 350582005
#: In ``meta`` while the town is being made, so that a half-made one is recognised.
MAKING: Final = "demo_making"
MADE: Final = "demo_seed"
#: Tables that do not belong to the town.
KEPT: Final = frozenset(
    {"work_point", "community", "context_feature", "meta", "user", "user_session", "audit"}
)


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
    """Say whether there is no town: no buildings at all, or a demo town that was not finished."""
    with database.reading() as session:
        if session.get(Meta, MAKING) is not None:
            return True
        return _count(session, Building) == 0


def is_half_made(database: Database) -> bool:
    """Say whether the making of a demo town was interrupted."""
    with database.reading() as session:
        return session.get(Meta, MAKING) is not None


def make_town(database: Database, devices: int, now: datetime, progress: Progress) -> None:
    """Make the demo town; what an interrupted attempt left is removed first."""
    from data.demo.generate import generate_town  # noqa: PLC0415 - see load_reference_data

    with database.writing() as session:
        if session.get(Meta, MAKING) is not None:
            _clear_town(session)
        session.merge(Meta(key=MAKING, value=now.isoformat()))
    generate_town(database, devices=devices, seed=TOWN_SEED, now=now, progress=progress)
    with database.writing() as session:
        session.execute(delete(Meta).where(Meta.key == MAKING))
        session.merge(Meta(key=MADE, value=str(TOWN_SEED)))


def _clear_town(session: Session) -> None:
    for table in reversed(Base.metadata.sorted_tables):
        if table.name not in KEPT:
            session.execute(table.delete())
    session.execute(delete(ContextFeature).where(ContextFeature.demo))


def _count(session: Session, model: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def _unusable(url: str, error: Exception) -> StartError:
    shown = make_url(url).render_as_string(hide_password=True)
    cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    return StartError(
        f"数据库 {shown} 无法使用：{cause}。请修复，或移走该文件后重新启动。"
        f"/ The database {shown} can't be used: {cause}. Put it right, or move it away and start again."
    )

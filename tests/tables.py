"""The tables without the migrations, which take longer."""

from data.domain.audit import GENESIS
from data.store.database import Database
from data.store.models import AuditHead, Base


def create_tables(database: Database) -> None:
    """Make every table, and the head of the audit."""
    Base.metadata.create_all(database.engine)
    with database.writing() as session:
        session.add(AuditHead(id=1, last_id=0, last_hash=GENESIS, pruned_to=0))

"""Alembic environment: migrates over the connection that ``data.store.migrate`` passes in."""

from typing import Any, Literal

from alembic import context

from data.store.models import Base
from data.store.types import UtcDateTime, Word


def plain_type(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Write our column types as what the database sees; a revision never imports our code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Word):
        return f"sa.String(length={item.impl_instance.length})"
    return False


def run() -> None:
    """Run the migrations on the given connection, all of them in one transaction."""
    attributes = context.config.attributes
    connection = attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=plain_type,
        compare_type=True,
        compare_server_default=True,
        # SQLite changes a table by copying it.
        render_as_batch=attributes.get("batch", True),
    )
    with context.begin_transaction():
        context.run_migrations()


run()

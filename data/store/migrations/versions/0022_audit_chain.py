"""The audit becomes a chain; the database refuses to change or delete its rows.

Revision ID: 0022
Revises: 0017
"""

import hashlib
from datetime import UTC

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0017"
branch_labels = None
depends_on = None

GENESIS = "0" * 64
TOGETHER = 5_000
HASH = sa.String(length=64)
AUDIT = sa.table(
    "audit",
    sa.column("id", sa.Integer()),
    sa.column("at", sa.DateTime(timezone=True)),
    *(sa.column(name, sa.String()) for name in ("actor", "action", "subject", "address", "reason")),
    sa.column("detail", sa.JSON()),
    sa.column("result", sa.String()),
    sa.column("before", sa.JSON()),
    sa.column("after", sa.JSON()),
    sa.column("prev", HASH),
    sa.column("hash", HASH),
)
HEAD = sa.table(
    "audit_head",
    sa.column("id", sa.Integer()),
    sa.column("last_id", sa.Integer()),
    sa.column("last_hash", HASH),
    sa.column("pruned_to", sa.Integer()),
)
SQLITE = (
    """CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'rows of the audit are never changed'); END""",
    """CREATE TRIGGER audit_kept BEFORE DELETE ON audit
    WHEN OLD.id > (SELECT pruned_to FROM audit_head)
    BEGIN SELECT RAISE(ABORT, 'rows of the audit are deleted by retention alone'); END""",
    """CREATE TRIGGER audit_head_kept BEFORE DELETE ON audit_head
    BEGIN SELECT RAISE(ABORT, 'the head of the audit stays'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit' THEN
            IF OLD.id <= (SELECT pruned_to FROM audit_head) THEN RETURN OLD; END IF;
        END IF;
        RAISE EXCEPTION 'rows of the audit are never changed, and deleted by retention alone';
    END $$""",
    """CREATE TRIGGER audit_unchanged BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_kept BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_head_kept BEFORE DELETE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
)


def upgrade():
    with op.batch_alter_table("audit") as batch:
        batch.add_column(sa.Column("result", sa.String(length=16), nullable=True))
        batch.add_column(sa.Column("before", sa.JSON(), nullable=True))
        batch.add_column(sa.Column("after", sa.JSON(), nullable=True))
        batch.add_column(sa.Column("prev", HASH, nullable=True))
        batch.add_column(sa.Column("hash", HASH, nullable=True))
    last_id, last_hash = _chain(op.get_bind())
    with op.batch_alter_table("audit") as batch:
        batch.alter_column("result", existing_type=sa.String(length=16), nullable=False)
        batch.alter_column("before", existing_type=sa.JSON(), nullable=False)
        batch.alter_column("after", existing_type=sa.JSON(), nullable=False)
        batch.alter_column("prev", existing_type=HASH, nullable=False)
        batch.alter_column("hash", existing_type=HASH, nullable=False)
    op.create_index("ix_audit_action", "audit", ["action"])
    op.create_index("ix_audit_subject", "audit", ["subject"])
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("last_hash", HASH, nullable=False),
        sa.Column("pruned_to", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    first = {"id": 1, "last_id": last_id, "last_hash": last_hash, "pruned_to": 0}
    op.execute(HEAD.insert().values(first))
    on_postgres = op.get_bind().dialect.name == "postgresql"
    for statement in POSTGRESQL if on_postgres else SQLITE:
        op.execute(statement)


def _chain(connection):
    """Chain the rows that are there, by id; return id and hash of the last one."""
    last_id, last_hash = 0, GENESIS
    bound = {name: sa.bindparam(f"new_{name}") for name in ("result", "prev", "hash")}
    change = (
        AUDIT.update().where(AUDIT.c.id == sa.bindparam("row")).values(before={}, after={}, **bound)
    )
    while True:
        query = sa.select(AUDIT).where(AUDIT.c.id > last_id).order_by(AUDIT.c.id).limit(TOGETHER)
        rows = connection.execute(query).all()
        changes = []
        for row in rows:
            result = "refused" if row.action == "sign-in-failed" else "done"
            own = _digest(row, result, last_hash)
            changes.append(
                {"row": row.id, "new_result": result, "new_prev": last_hash, "new_hash": own}
            )
            last_id, last_hash = row.id, own
        if not rows:
            return last_id, last_hash
        connection.execute(change, changes)


def _digest(row, result, prev):
    # SQLite gives times without a zone; all of them are UTC.
    at = row.at.astimezone(UTC) if row.at.tzinfo else row.at.replace(tzinfo=UTC)
    values = [row.id, at.isoformat(timespec="microseconds"), row.actor, row.action, row.subject]
    values += [row.address, result, row.reason, row.detail, {}, {}, prev]
    kept = orjson.dumps(values, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return hashlib.sha256(kept).hexdigest()


def downgrade():
    on_postgres = op.get_bind().dialect.name == "postgresql"
    op.execute("DROP TRIGGER audit_unchanged" + (" ON audit" if on_postgres else ""))
    op.execute("DROP TRIGGER audit_kept" + (" ON audit" if on_postgres else ""))
    op.drop_table("audit_head")
    if on_postgres:
        op.execute("DROP FUNCTION audit_refuse()")
    op.drop_index("ix_audit_subject", "audit")
    op.drop_index("ix_audit_action", "audit")
    with op.batch_alter_table("audit") as batch:
        for name in ("result", "before", "after", "prev", "hash"):
            batch.drop_column(name)

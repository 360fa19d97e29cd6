"""The whole life of an alarm: confirmed, shelved, suppressed, out of service; commands by key.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ALARM = (
    ("confirmed_at", sa.DateTime(timezone=True)),
    ("confirmed_by", sa.String(length=24)),
    ("false_cause", sa.String(length=24)),
    ("shelved_at", sa.DateTime(timezone=True)),
    ("shelved_until", sa.DateTime(timezone=True)),
    ("shelved_by", sa.String(length=24)),
    ("shelve_reason", sa.Text()),
    ("suppressed_at", sa.DateTime(timezone=True)),
    ("out_of_service_at", sa.DateTime(timezone=True)),
)
DEVICE = (
    ("disabled_at", sa.DateTime(timezone=True)),
    ("disabled_by", sa.String(length=24)),
    ("disabled_reason", sa.Text()),
)


def upgrade():
    for table, columns in (("alarm", ALARM), ("device", DEVICE)):
        for name, kind in columns:
            op.add_column(table, sa.Column(name, kind, nullable=True))
    shelved = sa.text("shelved_until IS NOT NULL")
    op.create_index(
        "ix_alarm_shelved_until",
        "alarm",
        ["shelved_until"],
        unique=False,
        sqlite_where=shelved,
        postgresql_where=shelved,
    )
    op.create_table(
        "command",
        sa.Column("actor", sa.String(length=24), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name="pk_command"),
    )
    op.create_index("ix_command_at", "command", ["at"], unique=False)


def downgrade():
    op.drop_table("command")
    op.drop_index("ix_alarm_shelved_until", table_name="alarm")
    for table, columns in (("device", DEVICE), ("alarm", ALARM)):
        with op.batch_alter_table(table) as batch:
            for name, _ in columns:
                batch.drop_column(name)

"""Rules that an admin changes, delays, chatter and floods.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NUMBERS = (
    ("on_value", sa.Double()),
    ("off_value", sa.Double()),
    ("on_delay_s", sa.Integer()),
    ("off_delay_s", sa.Integer()),
)


def upgrade():
    op.add_column("device_state", sa.Column("pending", sa.JSON(), nullable=True))
    op.add_column("device_state", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("device_state", sa.Column("flips", sa.JSON(), nullable=True))
    op.add_column("alarm", sa.Column("chattering_at", sa.DateTime(timezone=True), nullable=True))
    _index_of_the_few("device_state", "due_at")
    _index_of_the_few("alarm", "chattering_at")
    op.create_table(
        "alarm_flood",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("peak", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alarm_flood"),
    )
    op.create_index("ix_alarm_flood_began_at", "alarm_flood", ["began_at"], unique=False)
    op.create_table(
        "rule_override",
        sa.Column("device_kind", sa.String(length=24), nullable=False),
        sa.Column("cause", sa.String(length=24), nullable=False),
        *(sa.Column(name, kind, nullable=False) for name, kind in NUMBERS),
        sa.PrimaryKeyConstraint("device_kind", "cause", name="pk_rule_override"),
    )
    op.create_table(
        "rule_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=24), nullable=False),
        sa.Column("device_kind", sa.String(length=24), nullable=False),
        sa.Column("cause", sa.String(length=24), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rule_history"),
    )


def downgrade():
    op.drop_table("rule_history")
    op.drop_table("rule_override")
    op.drop_table("alarm_flood")
    op.drop_index("ix_alarm_chattering_at", table_name="alarm")
    op.drop_index("ix_device_state_due_at", table_name="device_state")
    with op.batch_alter_table("alarm") as batch:
        batch.drop_column("chattering_at")
    with op.batch_alter_table("device_state") as batch:
        for name in ("flips", "due_at", "pending"):
            batch.drop_column(name)


def _index_of_the_few(table, column):
    where = sa.text(f"{column} IS NOT NULL")
    op.create_index(
        f"ix_{table}_{column}",
        table,
        [column],
        unique=False,
        sqlite_where=where,
        postgresql_where=where,
    )

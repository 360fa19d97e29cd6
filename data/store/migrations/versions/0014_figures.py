"""The figures of the hour that runs, at the device; hours without row ids; open incidents by place.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

OPEN = sa.text("closed_at IS NULL")


def upgrade():
    op.add_column("device_state", sa.Column("figures", sa.JSON(), nullable=True))
    op.create_index(
        "ix_incident_open_building_id",
        "incident",
        ["building_id"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    if op.get_bind().dialect.name == "sqlite":
        _move_hours(with_rowid=False)


def downgrade():
    if op.get_bind().dialect.name == "sqlite":
        _move_hours(with_rowid=True)
    op.drop_index("ix_incident_open_building_id", table_name="incident")
    op.drop_column("device_state", "figures")


def _move_hours(*, with_rowid):
    """Make the table of the hours anew; SQLite can't change how one is kept."""
    op.rename_table("reading_hour", "reading_hour_before")
    op.create_table(
        "reading_hour",
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.String(length=24), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("total", sa.Double(), nullable=False),
        sa.Column("low", sa.Double(), nullable=False),
        sa.Column("high", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_reading_hour_device_id"),
        sa.PrimaryKeyConstraint("device_id", "hour", "value", name="pk_reading_hour"),
        sqlite_with_rowid=with_rowid,
    )
    op.execute(
        "INSERT INTO reading_hour (device_id, hour, value, count, total, low, high)"
        " SELECT device_id, hour, value, count, total, low, high FROM reading_hour_before"
        " ORDER BY device_id, hour, value"
    )
    op.drop_table("reading_hour_before")

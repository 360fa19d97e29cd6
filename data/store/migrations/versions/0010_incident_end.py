"""An incident is at most one fire; incidents count their changes.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

#: Of several fires of one incident the first keeps it.
LATER_FIRES = """
    UPDATE fire SET incident_id = NULL WHERE id NOT IN (
        SELECT MIN(id) FROM fire GROUP BY incident_id
    ) AND incident_id IS NOT NULL
"""


def upgrade():
    op.execute(LATER_FIRES)
    with op.batch_alter_table("fire") as batch:
        batch.create_unique_constraint("uq_fire_incident_id", ["incident_id"])
    with op.batch_alter_table("incident") as batch:
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("incident") as batch:
        batch.alter_column("version", server_default=None)
    op.create_index(
        "ix_incident_merged_into",
        "incident",
        ["merged_into"],
        sqlite_where=sa.text("merged_into IS NOT NULL"),
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )


def downgrade():
    op.drop_index("ix_incident_merged_into", table_name="incident")
    with op.batch_alter_table("incident") as batch:
        batch.drop_column("version")
    with op.batch_alter_table("fire") as batch:
        batch.drop_constraint("uq_fire_incident_id", type_="unique")

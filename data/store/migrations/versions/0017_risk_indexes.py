"""When hazards become overdue: the risk process asks every few seconds.

Revision ID: 0017
Revises: 0016
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_hazard_due_at", "hazard", ["due_at"])


def downgrade():
    op.drop_index("ix_hazard_due_at", "hazard")

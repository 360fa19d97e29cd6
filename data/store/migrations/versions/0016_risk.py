"""Forecasts of the risk, frozen week by week, and how good each was.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "risk_forecast",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen", sa.Boolean(), nullable=False),
        sa.Column("sufficient", sa.Boolean(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("week", name="pk_risk_forecast"),
    )
    op.create_table(
        "risk_score",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["week"], ["risk_forecast.week"], name="fk_risk_score_week"),
        sa.PrimaryKeyConstraint("week", name="pk_risk_score"),
    )


def downgrade():
    op.drop_table("risk_score")
    op.drop_table("risk_forecast")

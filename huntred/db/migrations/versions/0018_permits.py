"""when a person's permit to work expires, so that they are reminded in time"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_SAID = "told by the person; never ranks, never leaves us"


def upgrade() -> None:
    op.add_column("unit_profiles", sa.Column("permit_expires_on", sa.Date(), nullable=True, comment=_SAID))


def downgrade() -> None:
    op.drop_column("unit_profiles", "permit_expires_on")

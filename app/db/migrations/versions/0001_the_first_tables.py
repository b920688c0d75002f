"""The first tables"""

import sqlalchemy as sa
from alembic import op

import app.db.columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "schemas",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("model_id", sa.String(length=255), nullable=False),
        sa.Column("input_schema", app.db.columns.Json(), nullable=False),
        sa.Column("created_at", app.db.columns.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schemas")),
    )
    with op.batch_alter_table("schemas", schema=None) as batch_op:
        batch_op.create_index("ix_schemas_model_id", ["model_id"], unique=False)

    op.create_table(
        "models",
        sa.Column("model_id", sa.String(length=255), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("categories", app.db.columns.Json(), nullable=False),
        sa.Column("price_usd", app.db.columns.Money(), nullable=True),
        sa.Column("price_unit", sa.Text(), nullable=True),
        sa.Column("pricing_note", sa.Text(), nullable=True),
        sa.Column("schema_id", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("created_at", app.db.columns.UtcTime(timezone=True), nullable=False),
        sa.Column("updated_at", app.db.columns.UtcTime(timezone=True), nullable=False),
        sa.Column("listed_at", app.db.columns.UtcTime(timezone=True), nullable=True),
        sa.Column("new_at", app.db.columns.UtcTime(timezone=True), nullable=True),
        sa.Column("changed_at", app.db.columns.UtcTime(timezone=True), nullable=True),
        sa.Column("changes", app.db.columns.Json(), nullable=True),
        sa.Column("removed_at", app.db.columns.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["schema_id"], ["schemas.id"], name=op.f("fk_models_schema_id")),
        sa.PrimaryKeyConstraint("model_id", name=op.f("pk_models")),
    )
    op.create_table(
        "catalogues",
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("synced_at", app.db.columns.UtcTime(timezone=True), nullable=True),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("doubted_at", app.db.columns.UtcTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_catalogues")),
    )
    op.create_table(
        "pins",
        sa.Column("owner_id", sa.String(length=64), nullable=False),
        sa.Column("model_id", sa.String(length=255), nullable=False),
        sa.Column("created_at", app.db.columns.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "model_id", name=op.f("pk_pins")),
    )
    op.create_table(
        "remembered",
        sa.Column("owner_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "name", name=op.f("pk_remembered")),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("owner_id", sa.String(length=64), nullable=False),
        sa.Column("model_id", sa.String(length=255), nullable=False),
        sa.Column("schema_id", sa.String(length=64), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("phase", sa.String(length=16), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("inputs", app.db.columns.Json(), nullable=False),
        sa.Column("rolled", app.db.columns.Json(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("estimate_usd", app.db.columns.Money(), nullable=True),
        sa.Column("cost_usd", app.db.columns.Money(), nullable=True),
        sa.Column("request_id", sa.String(length=200), nullable=True),
        sa.Column("queue_position", sa.Integer(), nullable=True),
        sa.Column("queue_position_before", sa.Integer(), nullable=True),
        sa.Column("queue_moved_at", app.db.columns.UtcTime(timezone=True), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("words_from", sa.String(length=16), nullable=True),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("retry_after_seconds", sa.Float(), nullable=True),
        sa.Column("output", app.db.columns.Json(), nullable=True),
        sa.Column("missing", app.db.columns.Json(), nullable=True),
        sa.Column("sent_again_as", sa.String(length=26), nullable=True),
        sa.Column("cancel_refused", sa.Boolean(), nullable=False),
        sa.Column("created_at", app.db.columns.UtcTime(timezone=True), nullable=False),
        sa.Column("sent_at", app.db.columns.UtcTime(timezone=True), nullable=True),
        sa.Column("answered_at", app.db.columns.UtcTime(timezone=True), nullable=True),
        sa.Column("running_at", app.db.columns.UtcTime(timezone=True), nullable=True),
        sa.Column("ended_there_at", app.db.columns.UtcTime(timezone=True), nullable=True),
        sa.Column("ended_at", app.db.columns.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["schema_id"], ["schemas.id"], name=op.f("fk_runs_schema_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        sa.UniqueConstraint("form_key", name="uq_runs_form_key"),
    )
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.create_index("ix_runs_model_state", ["model_id", "state", "id"], unique=False)
        batch_op.create_index("ix_runs_owner_model", ["owner_id", "model_id", "id"], unique=False)
        batch_op.create_index("ix_runs_state", ["state", "id"], unique=False)
        batch_op.create_index("ix_runs_phase", ["phase", "id"], unique=False)

    op.create_table(
        "media",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("owner_id", sa.String(length=64), nullable=False),
        sa.Column("run_id", sa.String(length=26), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("extension", sa.String(length=8), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("duration_seconds", sa.Float(), nullable=True),
        sa.Column("storage_key", sa.String(length=128), nullable=False),
        sa.Column("thumbnail_key", sa.String(length=128), nullable=True),
        sa.Column("thumbnail_width", sa.Integer(), nullable=True),
        sa.Column("thumbnail_height", sa.Integer(), nullable=True),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("prepared_key", sa.String(length=128), nullable=True),
        sa.Column("prepared_type", sa.String(length=64), nullable=True),
        sa.Column("prepared_size", sa.BigInteger(), nullable=True),
        sa.Column("prepared_sha256", sa.String(length=64), nullable=True),
        sa.Column("prepared_width", sa.Integer(), nullable=True),
        sa.Column("prepared_height", sa.Integer(), nullable=True),
        sa.Column("changes", app.db.columns.Json(), nullable=True),
        sa.Column("created_at", app.db.columns.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_media_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
        sa.UniqueConstraint("run_id", "position", name="uq_media_run_id"),
    )
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.create_index("ix_media_owner", ["owner_id", "origin", "id"], unique=False)
        batch_op.create_index("ix_media_sha256", ["sha256"], unique=False)
        batch_op.create_index(
            "uq_media_input",
            ["owner_id", "sha256"],
            unique=True,
            sqlite_where=sa.text("origin = 'input'"),
            postgresql_where=sa.text("origin = 'input'"),
        )

"""How Alembic runs the migrations: on the connection it is given, in the transaction it is in."""

from __future__ import annotations

from alembic import context

from adapters.storage.schema.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()

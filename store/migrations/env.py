"""Alembic's environment: migrations run in the transaction that `store.migrate` passes in."""

from alembic import context

from store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()

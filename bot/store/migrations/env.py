"""Alembic's way in. The connection is handed in by `bot.store.schema`; nothing is configured."""

from alembic import context

from bot.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,  # the caller's transaction covers the whole upgrade
    render_as_batch=True,
)
context.run_migrations()

from assistant_model import agent, understand  # noqa: F401 - fixtures
from databases import (  # noqa: F401 - fixtures
    backend,
    database,
    database_url,
    empty_database_url,
    postgresql_server,
    postgresql_url,
    processes,
    sqlite_url,
)

"""What the errors of PostgreSQL mean for a user."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from qa.cluster.extra import optional
from qa.errors import BrokenIndex, StoreError, Unreachable

LOST = (
    "A part of the index is missing from its database or damaged there. Run `qa rollback` or `qa build "
    "--fresh`."
)
SILENT = "The database of the index does not answer. Check that it runs, and try again."
REFUSED = (
    "The database of the index refuses the connection. Check its name, the user, the file that PGPASSFILE "
    "names, and the server's certificate."
)
FULL = (
    "The database of the index has no space left. The index is unchanged; free some disk space and try again."
)
FORBIDDEN = "The database of the index does not allow that. Use an account that owns the database."
NO_PGVECTOR = "PostgreSQL has no extension for vectors. Install pgvector on its machine."
# What libpq says, in English, where trying again does not help; it has no code for it.
_REFUSAL = re.compile(
    r"authentication|no password|does not exist|no pg_hba\.conf|certificate|SSL|not permitted", re.IGNORECASE
)


class Late(Exception):
    """A call was not answered in time."""


@contextmanager
def explained() -> Iterator[None]:
    """Turn the errors of PostgreSQL and its client into errors for the user.

    Unreachable where a later try may succeed, BrokenIndex where something is missing or damaged, StoreError
    for the rest.
    """
    errors = optional("psycopg").errors
    try:
        yield
    except (errors.UndefinedTable, errors.UndefinedColumn, errors.InvalidSchemaName) as error:
        raise BrokenIndex(LOST) from error
    except errors.InternalError as error:  # damaged pages and indexes
        raise BrokenIndex(LOST) from error
    except errors.InsufficientPrivilege as error:
        raise StoreError(FORBIDDEN) from error
    except (errors.UndefinedFile, errors.FeatureNotSupported) as error:  # only extensions can be missing
        raise StoreError(NO_PGVECTOR) from error
    except errors.DiskFull as error:
        raise StoreError(FULL) from error
    except errors.OperationalError as error:
        refused = error.sqlstate is None and _REFUSAL.search(str(error))
        raise (StoreError(REFUSED) if refused else Unreachable(SILENT)) from error
    except (Late, errors.InterfaceError) as error:
        raise Unreachable(SILENT) from error

"""Remove what an index in PostgreSQL no longer needs: old generations, and what killed builds left.

`session` is everywhere the connection that holds the lock of a build. All functions raise StoreError.
"""

from __future__ import annotations

from qa.cluster import address as addresses
from qa.cluster import schema
from qa.cluster.base import Engine
from qa.cluster.sessions import Session


def remove_leftovers(session: Session, engine: Engine | None) -> None:
    """Remove schemas and collections that belong to no generation, as killed builds leave them."""
    sql = (
        "SELECT nspname::text FROM pg_namespace WHERE nspname ~ '^[0-9]{8}T[0-9]{12}-[0-9a-f]{6}$'"
        " AND NOT EXISTS (SELECT FROM qa.generation WHERE name = nspname::text)"
    )
    for (name,) in session.rows(sql):
        session.rows(f'DROP SCHEMA "{name}" CASCADE')
    if engine:
        named = {name for (name,) in session.rows("SELECT collection FROM qa.generation")}
        for name in engine.names():
            if name not in named:
                engine.drop(name)


def prune(session: Session, engine: Engine | None, keep: int) -> None:
    """Remove all but the newest `keep` generations, but neither the served one nor one that is open
    anywhere; then what no generation refers to any more.
    """
    sql = (
        "SELECT name, number, collection FROM qa.generation"
        " WHERE name NOT IN (SELECT name FROM qa.served)"
        " AND name NOT IN (SELECT name FROM qa.generation ORDER BY name DESC LIMIT %s)"
    )
    removed = [_remove(session, engine, *row) for row in session.rows(sql, [keep])]
    if any(removed):
        _remove_unused(session)


def _remove(session: Session, engine: Engine | None, name: str, number: int, collection: str) -> bool:
    """Remove a generation, unless somebody has it open; whether it was removed."""
    lock = [schema.LOCKS, number]
    ((free,),) = session.rows("SELECT pg_try_advisory_lock(%s, %s)", lock)
    if not free:
        return False
    try:
        with session.transaction():
            session.rows("DELETE FROM qa.generation WHERE name = %s", [name])
            session.rows(f'DROP SCHEMA IF EXISTS "{name}" CASCADE')
    finally:
        if not session.broken:
            session.rows("SELECT pg_advisory_unlock(%s, %s)", lock)
    if collection and engine:
        engine.drop(collection)
    return True


def _remove_unused(session: Session) -> None:
    """Remove texts and token states that no generation refers to."""
    names = [name for (name,) in session.rows("SELECT name FROM qa.generation")]
    for shared, column, table in (("computed", "key", "passage"), ("body", "digest", "article")):
        unused = " AND ".join(  # joins, of which the server keeps no list in memory
            f'NOT EXISTS (SELECT FROM "{name}".{table} g WHERE g.{column} = s.{column})' for name in names
        )
        with session.within(addresses.WRITE):
            session.rows(f"DELETE FROM qa.{shared} s WHERE {unused}")  # noqa: S608

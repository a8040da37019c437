"""The commands `status`, `verify`, `rollback` and `copy`."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from qa.cli.common import add_command, add_json_flag, print_json, progress_bar


def add_status(commands: Any) -> None:
    parser = add_command(
        commands, "status", _status, "Show what the index contains and list its generations."
    )
    add_json_flag(parser)


def _status(args: argparse.Namespace) -> None:
    from qa.cluster import opening

    store = opening.store(args.vectors)
    manifest, listed = store.served(), store.listing()
    if args.json:
        fields = asdict(manifest)
        del fields["parts"]
        served = {"current": manifest.generation, "generations": [asdict(row) for row in listed]}
        print_json({**fields, "bytes": manifest.bytes, **served})
        return
    for row in listed:
        print(
            f"{'*' if row.current else ' '} generation {row.generation}, built {row.built} with {row.model}:"
            f" {row.articles} articles, {row.passages} passages, {row.bytes:,} bytes"
        )


def add_verify(commands: Any) -> None:
    parser = add_command(
        commands, "verify", _verify, "Check the index completely: checksums, offsets and vectors."
    )
    add_json_flag(parser)


def _verify(args: argparse.Namespace) -> None:
    from qa.cluster import opening
    from qa.errors import BrokenIndex

    generation, faults = opening.store(args.vectors).verify()
    if args.json:
        print_json({"generation": generation, "whole": not faults, "faults": faults})
    else:
        for fault in faults:
            print(fault)
    if faults:
        raise BrokenIndex(
            f"Generation {generation} is damaged ({len(faults)} faults). Run `qa rollback` or `qa build "
            "--fresh`."
        )
    if not args.json:
        print(f"generation {generation} is intact")


def add_rollback(commands: Any) -> None:
    parser = add_command(commands, "rollback", _rollback, "Go back to the previous generation of the index.")
    add_json_flag(parser)


def _rollback(args: argparse.Namespace) -> None:
    from qa.cluster import opening

    manifest = opening.store(args.vectors).rollback()
    if args.json:
        fields = ("generation", "built", "model", "articles", "passages")
        print_json({name: getattr(manifest, name) for name in fields})
    else:
        print(f"now serving generation {manifest.generation}, built {manifest.built}")


def add_copy(commands: Any) -> None:
    text = "Copy an index between folders and addresses, and compare both by a checksum."
    parser = commands.add_parser("copy", help=text, description=text)
    parser.set_defaults(run=_copy)
    parser.add_argument("source", metavar="FROM", help="the index to copy: a folder or an address")
    parser.add_argument("destination", metavar="TO", help="where to copy it")
    add_json_flag(parser)


def _copy(args: argparse.Namespace) -> None:
    from qa.cluster import opening
    from qa.index import copying

    with progress_bar() as show:
        manifest, checksum = copying.copy(opening.store(args.source), opening.store(args.destination), show)
    if args.json:
        fields = ("generation", "built", "model", "articles", "passages")
        print_json({**{name: getattr(manifest, name) for name in fields}, "checksum": checksum})
    else:
        print(
            f"{manifest.articles} articles, {manifest.passages} passages copied to generation"
            f" {manifest.generation}; both have the checksum {checksum}"
        )

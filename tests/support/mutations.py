"""Damaged files: bytes flipped, parts lost, doubled or put elsewhere, also within the members of archives."""

from __future__ import annotations

import io
import random
import zipfile

_TOKENS = (
    *(
        b"\0",
        b"\n",
        b"\n\n",
        b"<",
        b">",
        b"&",
        b"&#0;",
        b"&#xD800;",
        b"&lt;",
        b'"',
        b"'",
        b"{",
        b"}",
        b"\\",
        b"[",
        b"]",
    ),
    *(
        b"-1",
        b"0",
        b"99999999999",
        b"1e999",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xc3",
        b"%00",
        b"../",
        b"=?utf-8?b?",
        b"?=",
    ),
    *(
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"]]>",
        b"<!DOCTYPE a [",
        b"\\u-10000?",
        b"\\'zz",
        b"\\bin99999",
        b"-->",
        b";;;;",
    ),
    *(
        b"NaN",
        b"null",
        b"true",
        b"{}",
        b"[[[[",
        b"\f",
        b"\r",
        b"From a b\n",
        b"--",
        b": ",
        b"| ",
        b"---\n",
        b" " * 99,
    ),
)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A file with some damage; of a ZIP archive, half of the time that of one of its members."""
    if data.startswith(b"PK") and chance.random() < 0.7:
        return _member_mutated(data, chance)
    out = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 4, 16])):
        _damage(out, chance)
    return bytes(out)


def _damage(out: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(out) + 1)
    end = min(len(out), at + int(chance.expovariate(1 / 30)) + 1)
    kind = chance.randrange(6)
    if kind == 0:
        out[at:end] = bytes(chance.randrange(256) for _ in range(end - at))
    elif kind == 1:
        del out[at:end]
    elif kind == 2:
        out[at:at] = out[at:end] * chance.choice([1, 2, 50])
    elif kind == 3:
        out[at:at] = chance.choice(_TOKENS) * chance.choice([1, 1, 1, 20])
    elif kind == 4:
        other = chance.randrange(len(out) + 1)
        out[other:other] = out[at:end]
    else:
        del out[max(1, at) :]


def _member_mutated(data: bytes, chance: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    chosen = chance.randrange(len(members))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, content) in enumerate(members):
            if number == chosen:
                if chance.random() < 0.05:
                    continue
                damaged = bytearray(content)
                for _ in range(chance.choice([1, 1, 2, 4, 16])):
                    _damage(damaged, chance)
                content = bytes(damaged)
            archive.writestr(name, content)
    return out.getvalue()

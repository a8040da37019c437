"""The address of an index on other machines: `postgresql://host/qa?milvus=https://host:19530/database`.

Without `milvus`, PostgreSQL also does the retrieval. An address holds no secret, so it may be logged. Secrets
come from the environment: PGPASSFILE names the file with the password of PostgreSQL, QA_MILVUS_TOKEN is the
token of Milvus. Connections that leave this machine are encrypted, and the server's certificate is checked.
"""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from qa.errors import QAError
from qa.text.addresses import is_loopback

SCHEMES = ("postgresql", "postgres")
EXAMPLE = "postgresql://host/qa?milvus=https://host:19530/database"
POSTGRES_PORT, MILVUS_PORT = 5432, 19530
TOKEN = "QA_MILVUS_TOKEN"  # noqa: S105 (the name of a variable)
# Debian, Fedora, SUSE, Alpine: https://go.dev/src/crypto/x509/root_linux.go
BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
# Time-outs in seconds. A question makes some ten calls, each of which takes milliseconds.
CONNECT = 3.0
READ = 3.0  # one call of a question
SCAN = 60.0  # one call that looks at a whole generation: opening, listing all articles, verifying
WRITE = 3_600.0  # one call of a build
GRAPH = 43_200.0  # the call that joins all vectors to a graph, some 2 CPU seconds for 1,000 passages


@dataclass(frozen=True, slots=True)
class MilvusAddress:
    """Where Milvus listens."""

    host: str
    port: int = MILVUS_PORT
    database: str = ""  # "" is the server's default one
    secure: bool = True  # TLS
    token: str = field(default="", repr=False)  # "user:password" or an API key, from QA_MILVUS_TOKEN

    @property
    def uri(self) -> str:
        """The address in the form that Milvus's client takes; without database and token."""
        return f"http{'s' if self.secure else ''}://{_bracketed(self.host)}:{self.port}"


@dataclass(frozen=True, slots=True)
class Address:
    """Where PostgreSQL and Milvus listen."""

    host: str  # or the folder of a socket, which begins with "/"
    database: str
    port: int = POSTGRES_PORT
    user: str = ""  # "" is the one that PGUSER or the system names
    milvus: MilvusAddress | None = None

    def __str__(self) -> str:
        """The place for messages: without user, Milvus and secrets."""
        if self.host.startswith("/"):
            return f"postgresql:///{self.database}?host={self.host}"
        port = "" if self.port == POSTGRES_PORT else f":{self.port}"
        return f"postgresql://{_bracketed(self.host)}{port}/{self.database}"

    def parameters(self) -> dict[str, str | int]:
        """Connection parameters of libpq: https://www.postgresql.org/docs/current/libpq-connect.html."""
        given: dict[str, str | int] = {"host": self.host, "port": self.port, "dbname": self.database}
        if self.user:
            given["user"] = self.user
        if is_local(self.host):
            given["sslmode"] = "prefer"
        else:
            given["sslmode"] = "verify-full"
            if not (os.environ.get("PGSSLROOTCERT") or Path("~/.postgresql/root.crt").expanduser().exists()):
                given["sslrootcert"] = _authorities()
        return given


def _authorities() -> str:
    """The file with the authorities that the system trusts.

    libpq's own word for it, "system", looks into the folder of the OpenSSL that psycopg brings along, which
    exists nowhere.
    """
    known = ssl.get_default_verify_paths().cafile  # or what SSL_CERT_FILE names
    return next((file for file in (known, *BUNDLES) if file and Path(file).is_file()), "system")


def is_address(vectors: str | os.PathLike[str]) -> bool:
    """Whether the place of an index is an address rather than a folder."""
    return str(vectors).startswith(tuple(f"{scheme}:" for scheme in SCHEMES))


def parse(text: str) -> Address:
    """The address that a text gives.

    Raises QAError where it is incomplete, holds a secret or leaves a connection to another machine
    unencrypted; the message does not repeat it.
    """
    try:
        parts = urlsplit(text)
        port, query = parts.port, parse_qsl(parts.query, strict_parsing=bool(parts.query))
    except ValueError as error:
        raise QAError(f"The address of the index cannot be read. Write it as {EXAMPLE}.") from error
    if parts.password is not None:
        raise QAError(
            "The address of the index holds a password. Remove it, and put it into a file that PGPASSFILE "
            "names."
        )
    options = dict(query)
    if len(options) != len(query) or options.keys() - {"milvus", "host"} or parts.fragment:
        raise QAError(f"The address of the index has a part that is not known. Write it as {EXAMPLE}.")
    database = unquote(parts.path.removeprefix("/"))
    host = options.get("host", "") or parts.hostname or ""
    socket = host.startswith("/")
    if (
        parts.scheme not in SCHEMES
        or not database
        or "/" in database
        or not host
        or ("host" in options and (not socket or parts.hostname))
    ):
        raise QAError(f"The address of the index is incomplete. Write it as {EXAMPLE}.")
    milvus = _milvus(options["milvus"]) if "milvus" in options else None
    return Address(host, database, port or POSTGRES_PORT, unquote(parts.username or ""), milvus)


def _milvus(text: str) -> MilvusAddress:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise QAError(f"The address of Milvus cannot be read. Write it as {EXAMPLE}.") from error
    if parts.username is not None or parts.password is not None:
        raise QAError(f"The address of Milvus holds a secret. Remove it, and set {TOKEN}.")
    database = unquote(parts.path.strip("/"))
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or "/" in database:
        raise QAError(f"The address of Milvus cannot be read. Write it as {EXAMPLE}.")
    secure = parts.scheme == "https"
    if not secure and not is_local(parts.hostname):
        raise QAError(
            "The connection to Milvus would not be encrypted. Write its address with https, or use a Milvus "
            "on this machine."
        )
    return MilvusAddress(parts.hostname, port or MILVUS_PORT, database, secure, os.environ.get(TOKEN, ""))


def is_local(host: str) -> bool:
    """Whether a host is this machine: a socket, `localhost`, or a loopback address."""
    return host.startswith("/") or is_loopback(host)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host

"""One connection to a Milvus server: every call has a time limit, every failure becomes an error of ours."""

from __future__ import annotations

import logging
import re
from typing import Any

from qa.cluster.address import CONNECT, READ, TOKEN, MilvusAddress
from qa.cluster.extra import optional
from qa.errors import BrokenIndex, StoreError, Unreachable

NOT_FOUND = 100  # Milvus's code for a collection that does not exist


class Connection:
    """A connection to Milvus; safe to share between threads, and it comes back by itself after a restart.

    Raises Unreachable where Milvus cannot be reached, StoreError where it refuses the token.
    """

    def __init__(self, address: MilvusAddress) -> None:
        self._address = address
        # It prints each failure with a traceback; here it is raised instead.
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
        self._types = optional("pymilvus")
        self._grpc = optional("grpc")
        self._client = self._answered(
            lambda: self._types.MilvusClient(
                uri=address.uri, token=address.token, db_name=address.database, timeout=CONNECT
            )
        )

    def __call__(self, method: str, *arguments: Any, seconds: float = READ, **options: Any) -> Any:
        """Call a method of `pymilvus.MilvusClient`.

        Raises Unreachable where Milvus fails or does not answer in `seconds`, BrokenIndex where the
        collection does not exist, StoreError where Milvus does not allow that.
        """
        called = getattr(self._client, method)
        return self._answered(lambda: called(*arguments, timeout=seconds, **options))

    def _answered(self, call: Any) -> Any:
        try:
            return call()
        except self._types.MilvusException as error:
            if error.code == NOT_FOUND:
                raise BrokenIndex(
                    "Milvus does not have the collection of this index. Run `qa build --fresh`, or `qa "
                    "rollback`."
                ) from error
            if self._is_refusal(error.__cause__):
                raise self._refused() from error
            raise self._failed() from error
        except self._grpc.RpcError as error:  # a time limit that ran out, or a broken connection
            if self._is_refusal(error):
                raise self._refused() from error
            raise self._failed() from error

    def _is_refusal(self, error: BaseException | None) -> bool:
        """Whether Milvus does not know the token, or does not let its user do that."""
        codes = self._grpc.StatusCode
        return isinstance(error, self._grpc.RpcError) and error.code() in (
            codes.UNAUTHENTICATED,
            codes.PERMISSION_DENIED,
        )

    def _refused(self) -> StoreError:
        return StoreError(
            f"Milvus ({self._address.host}:{self._address.port}) refuses the token. Check {TOKEN} and the "
            "rights of its user."
        )

    def _failed(self) -> Unreachable:
        return Unreachable(
            f"Milvus ({self._address.host}:{self._address.port}) failed or does not answer. Check the "
            "server, and try again."
        )

    @property
    def version(self) -> tuple[int, ...]:
        """Of the server: major, minor."""
        found = re.search(r"(\d+)\.(\d+)", str(self("get_server_version")))
        return tuple(map(int, found.groups())) if found else (0, 0)

    def schema(self) -> Any:
        """A new schema without fields (`pymilvus.CollectionSchema`)."""
        return self._client.create_schema(auto_id=False, enable_dynamic_field=False)

    def indexes(self) -> Any:
        """A new list of indexes (`pymilvus.milvus_client.IndexParams`)."""
        return self._client.prepare_index_params()

    @property
    def types(self) -> Any:
        """The module `pymilvus`."""
        return self._types

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

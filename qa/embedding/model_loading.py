"""Opens a sentence-transformers model by name or path: from this machine if it is there, else from the hub.

Knows what can go wrong on the way; nothing of what is computed with a model.
"""

from __future__ import annotations

import gc
import importlib
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from qa.errors import EncoderError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


HUB_SECONDS = 5.0  # seconds within which the hub must respond before a model is downloaded
WHAT_TO_CHECK = "Check the name and the network connection, or give the path of a local model folder"
DEFERRED = ("sklearn", "sklearn.metrics", "scipy.optimize")


def open_model(model: str, prompts: dict[str, str] | None = None) -> SentenceTransformer:
    """The model of a name or path; `prompts` where it is to have others than its own. Raises EncoderError."""
    with _quick_import():
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        failures = (OSError, ValueError, RuntimeError, LookupError, TypeError, ImportError, SafetensorError)
        local = Path(model).is_dir()
        try:
            return SentenceTransformer(model, prompts=prompts, local_files_only=True).eval()
        except failures as error:
            if local:
                raise EncoderError(
                    f"The model in {model} cannot be loaded. Delete the folder and save a complete "
                    "model there."
                ) from error
            if model.count("/") > 1 or model.startswith((".", "~")):
                raise EncoderError(f"The model folder {model} does not exist. Check the path.") from error
        try:
            if _hub_answers():
                return SentenceTransformer(model, prompts=prompts).eval()
        except failures as error:
            raise EncoderError(f"The model {model} cannot be loaded. {WHAT_TO_CHECK}.") from error
    raise EncoderError(
        f"The model {model} is not on this machine, and the model hub does not respond. {WHAT_TO_CHECK}."
    )


def _hub_answers() -> bool:
    """Whether a model can be downloaded; checked first because the hub's client retries for over a minute."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return False
    try:
        request = urllib.request.Request(constants.ENDPOINT, method="HEAD")  # noqa: S310  the hub's own setting
        with urllib.request.urlopen(request, timeout=HUB_SECONDS):  # noqa: S310
            return True
    except urllib.error.HTTPError:
        return True  # a response, even if an error
    except OSError:
        return False


@contextmanager
def _quick_import() -> Iterator[None]:
    """Avoid what makes importing sentence-transformers slow and is not needed here.

    The garbage collector scans a million new objects in vain (1 s); scikit-learn and scipy.optimize are
    imported only for training metrics (2 s), so their import is deferred until one is called.
    """
    placeholders = {name: _Deferred(name) for name in DEFERRED if name not in sys.modules}
    sys.modules.update(placeholders)
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
        for name, placeholder in placeholders.items():
            if sys.modules.get(name) is placeholder:
                del sys.modules[name]


class _Deferred(ModuleType):
    """A placeholder for a module whose functions are imported when they are called."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self.__spec__ = ModuleSpec(name, None)

    def __getattr__(self, function: str) -> Callable[..., Any]:
        if function.startswith("__"):
            raise AttributeError(function)

        def call(*args: Any, **kwargs: Any) -> Any:
            return getattr(importlib.import_module(self.__name__), function)(*args, **kwargs)

        return call

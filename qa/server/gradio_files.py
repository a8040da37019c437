"""Disable Gradio's file handling: nothing is copied to its cache, no URL is fetched, no component is created.

The page shows text alone. Gradio moves whatever looks like one of its files, in the inputs and the
outputs of every event, and the check that only uploaded files are moved is off in an application that
is mounted. So the functions that read, fetch or write are replaced for the whole process. This is a
second check: `qa.server.gradio_requests` refuses such values before Gradio sees them.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import wraps
from typing import Any

import gradio as gr
from pydantic import BaseModel

# Owner and name of each replaced function. A test fails if Gradio moves one of them or adds a new one of this
# kind.
MOVERS = (
    ("gradio.processing_utils", "move_files_to_cache"),
    ("gradio.processing_utils", "async_move_files_to_cache"),
    ("gradio.components.base", "move_files_to_cache"),
)
SINKS = (
    ("gradio.processing_utils", "save_pil_to_cache"),
    ("gradio.processing_utils", "save_img_array_to_cache"),
    ("gradio.processing_utils", "save_audio_to_cache"),
    ("gradio.processing_utils", "save_bytes_to_cache"),
    ("gradio.processing_utils", "save_file_to_cache"),
    ("gradio.processing_utils", "save_url_to_cache"),
    ("gradio.processing_utils", "save_base64_to_cache"),
    ("gradio.processing_utils", "async_ssrf_protected_get"),
    ("gradio.processing_utils", "async_ssrf_protected_download"),
    ("gradio.processing_utils", "ssrf_protected_download"),
    ("gradio.processing_utils", "unsafe_download"),
    ("gradio.external", "save_base64_to_cache"),
    ("gradio.blocks.Block", "move_resource_to_block_cache"),
    ("gradio.blocks.Block", "async_move_resource_to_block_cache"),
    ("gradio.data_classes.FileData", "_copy_to_dir"),
)
CHAT = ("gradio.components.chatbot.Chatbot", "_preprocess_content")
_REPLACED = "_qa_without_files"


class FilesRefused(gr.Error):
    """An event contained a file, or something that Gradio treats as one."""

    def __init__(self) -> None:
        super().__init__("Files are not accepted.", print_exception=False)


def forbid() -> None:
    """Replace all of them for this process, permanently; repeated calls have no effect."""
    for owner, name in MOVERS:
        _replace(owner, name, _checked)
    for owner, name in SINKS:
        _replace(owner, name, _refusing)
    _replace(*CHAT, _text_alone)


def _replace(owner: str, name: str, made: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Raises AttributeError if Gradio no longer has such a function: better no page than an unprotected
    one.
    """
    holder = owner_of(owner)
    old = getattr(holder, name)
    if not hasattr(old, _REPLACED):
        new = made(old)
        setattr(new, _REPLACED, True)
        setattr(holder, name, new)


def owner_of(path: str) -> Any:
    """A module, or a class of one, by its dotted name."""
    module, _, last = path.rpartition(".")
    return (
        getattr(importlib.import_module(module), last)
        if last[:1].isupper()
        else importlib.import_module(path)
    )


def _checked(old: Callable[..., Any]) -> Callable[..., Any]:
    """Replacement that raises if there are files; for an asynchronous function it is a coroutine, too."""

    @wraps(old)
    def checked(data: Any, *args: Any, **kwargs: Any) -> Any:
        if holds_file(data):
            raise FilesRefused
        return old(data, *args, **kwargs)

    return checked


def _refusing(old: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(old)
    def refusing(*args: Any, **kwargs: Any) -> Any:
        raise FilesRefused

    return refusing


def _text_alone(old: Callable[..., Any]) -> Callable[..., Any]:
    """Keep only text parts of a chat message; Gradio would create any component that a part names."""

    @wraps(old)
    def text_alone(self: Any, part: Any) -> Any:
        if getattr(part, "type", None) != "text":
            raise FilesRefused
        return old(self, part)

    return text_alone


def holds_file(value: Any) -> bool:
    """Whether a value contains anything that Gradio treats as a file, now or in older versions."""
    pending = [value]
    while pending:
        part = pending.pop()
        if isinstance(part, BaseModel):
            part = part.model_dump()
        if isinstance(part, dict):
            if isinstance(part.get("path"), str):
                return True
            pending.extend(part.values())
        elif isinstance(part, list | tuple):
            pending.extend(part)
    return False

"""Gradio without files: all replaced functions exist, and there are no others of their kind."""

from __future__ import annotations

import ast
import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from gradio import processing_utils
from gradio.components.chatbot import ComponentMessage, FileMessage, TextMessage
from gradio.data_classes import FileData, ListFiles

from qa.server import gradio_files

FILE = {"path": "/etc/hostname", "meta": {"_type": "gradio.FileData"}}
ROOT = Path(__file__).resolve().parents[2]
PACKAGE = Path(gr.__file__).parent
REPLACED = {(owner, name) for owner, name in (*gradio_files.MOVERS, *gradio_files.SINKS, gradio_files.CHAT)}


@pytest.fixture(autouse=True)
def _forbidden() -> None:
    gradio_files.forbid()
    gradio_files.forbid()  # again: nothing is wrapped twice


def test_everything_to_be_replaced_is_there_and_replaced_once() -> None:
    for owner, name in REPLACED:
        found = getattr(gradio_files.owner_of(owner), name)
        assert found.__module__.startswith("gradio"), (owner, name)  # the wrapper looks like what it wraps
        assert getattr(found, gradio_files._REPLACED), (owner, name)
        assert not hasattr(found.__wrapped__, gradio_files._REPLACED), (owner, name)


def test_files_are_forbidden_before_the_page_has_a_component() -> None:
    code = """
import gradio.blocks
from qa.server import gradio_files

def refuse(self, *args, **kwargs):
    owner, name = gradio_files.CHAT
    assert hasattr(getattr(gradio_files.owner_of(owner), name), gradio_files._REPLACED)
    raise SystemExit(3)

gradio.blocks.Block.__init__ = refuse
import ui
from tests.support.fakes import FakeBackend
from qa.service.service import Service
ui.make_page(Service(FakeBackend()))
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 3, ended.stderr


def test_no_loaded_module_of_gradio_holds_an_original() -> None:
    originals = {getattr(gradio_files.owner_of(owner), name).__wrapped__ for owner, name in REPLACED}
    held = [
        (module, name)
        for module, loaded in list(sys.modules.items())
        if module.split(".")[0] == "gradio"
        for name, value in vars(loaded).items()
        if callable(value) and any(value is original for original in originals)
    ]
    assert held == []


def test_gradio_imports_none_of_them_elsewhere_by_name() -> None:
    """An upgrade that imports one of them into another module by name would bypass the replacement."""
    names = {name for _, name in REPLACED}
    known = {f"{owner}.{name}" for owner, name in REPLACED} | {
        # within functions that the page cannot reach; they look the name up in `processing_utils` each time
        "gradio.workflow_provider_shims.async_ssrf_protected_get",
    }
    found = {
        f"gradio.{'.'.join(path.relative_to(PACKAGE).with_suffix('').parts)}.{alias.asname or alias.name}"
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name in names
    }
    assert found <= known


def test_what_saves_and_fetches_is_known() -> None:
    """Review any new function of this kind in Gradio and add it to SINKS."""
    tree = ast.parse((PACKAGE / "processing_utils.py").read_text("utf-8"))
    kind = ("save_", "move_", "async_move_", "ssrf_", "async_ssrf_", "unsafe_", "download", "async_download")
    defined = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith(kind)
    }
    replaced = {name for owner, name in REPLACED if owner == "gradio.processing_utils"}
    # the one that is left calls the method of Block that is replaced
    assert defined - replaced == {"move_resource_to_block_cache"}


@pytest.mark.parametrize(
    "value",
    [
        FILE,
        {"path": "/etc/hostname"},
        {"path": "http://127.0.0.1:9/x", "meta": {"_type": "gradio.FileData"}},
        [[{"a": (FILE,)}]],
        FileData(path="/etc/hostname"),
        ListFiles(root=[FileData(path="/etc/hostname")]),
        [FileMessage(file=FileData(path="/etc/hostname"))],
    ],
)
def test_files_are_not_moved(value: Any) -> None:
    box = gr.Textbox(render=False)
    with pytest.raises(gradio_files.FilesRefused):
        processing_utils.move_files_to_cache(value, box)
    with pytest.raises(gradio_files.FilesRefused):
        asyncio.run(_moved(value, box))


async def _moved(value: Any, box: gr.Textbox) -> Any:
    return await processing_utils.async_move_files_to_cache(value, box)


def test_everything_else_passes_as_it_is() -> None:
    box = gr.Textbox(render=False)
    value = ["text", {"role": "user", "content": [{"type": "text", "text": "x"}]}, None, 1, {"path": 5}]
    assert processing_utils.move_files_to_cache(value, box) == value
    assert asyncio.run(_moved(value, box)) == value


def test_nothing_is_read_written_or_fetched() -> None:
    for call in (
        lambda: processing_utils.save_file_to_cache(__file__, "."),
        lambda: processing_utils.save_base64_to_cache("data:text/plain;base64,YQ==", "."),
        lambda: processing_utils.save_url_to_cache("http://127.0.0.1:9/", "."),
        lambda: processing_utils.async_ssrf_protected_get("http://127.0.0.1:9/"),
        lambda: processing_utils.async_ssrf_protected_download("http://127.0.0.1:9/", "."),
        lambda: gr.Textbox(render=False).move_resource_to_block_cache(__file__),
        lambda: gr.Button(icon=__file__, render=False),
        lambda: FileData(path=__file__)._copy_to_dir("."),
    ):
        with pytest.raises(gradio_files.FilesRefused):
            call()


def test_of_a_chat_message_only_text_is_read() -> None:
    chat = gr.Chatbot(render=False)
    assert chat._preprocess_content(TextMessage(text="x")) == {"type": "text", "text": "x"}
    for part in (
        FileMessage(file=FileData(path="/etc/hostname")),
        ComponentMessage(component="textbox", value="x", constructor_args={}, props={}),
    ):
        with pytest.raises(gradio_files.FilesRefused):
            chat._preprocess_content(part)

"""The files in docs/cluster.md are what they say; nothing here can start them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from qa.cluster import address

TEXT = (Path(__file__).resolve().parents[2] / "docs/cluster.md").read_text("utf-8")
COMPOSE, KUBERNETES = re.findall(r"^```yaml\n(.*?)^```$", TEXT, flags=re.M | re.S)
OBJECTS = list(yaml.safe_load_all(KUBERNETES))


def values(node: Any) -> list[str]:
    """All texts in a file."""
    if isinstance(node, dict):
        return [text for value in node.values() for text in values(value)]
    if isinstance(node, list):
        return [text for value in node for text in values(value)]
    return [str(node)]


def test_compose_publishes_nothing_beyond_this_machine() -> None:
    services = yaml.safe_load(COMPOSE)["services"]
    assert set(services) == {"postgres", "milvus"}
    ports = [port for service in services.values() for port in service["ports"]]
    assert len(ports) == 2
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_compose_names_only_volumes_and_secrets_that_it_has() -> None:
    file = yaml.safe_load(COMPOSE)
    for service in file["services"].values():
        assert {volume.partition(":")[0] for volume in service["volumes"]} <= set(file["volumes"])
        assert set(service.get("secrets", [])) <= set(file["secrets"])
        assert {config["source"] for config in service.get("configs", [])} <= set(file["configs"])
    assert "listen-client-urls" in yaml.safe_load(file["configs"]["etcd"]["content"])


def test_the_graph_of_vectors_fits_into_the_shared_memory_of_its_container() -> None:
    postgres = yaml.safe_load(COMPOSE)["services"]["postgres"]
    (memory,) = re.findall(r"maintenance_work_mem=(\d+)GB", " ".join(postgres["command"]))
    assert int(postgres["shm_size"].removesuffix("gb")) > int(memory)


@pytest.mark.parametrize("node", OBJECTS, ids=lambda node: str(node["kind"]))
def test_every_object_has_a_kind_and_a_name(node: dict[str, Any]) -> None:
    assert {"apiVersion", "kind", "metadata", "spec"} <= node.keys()
    assert re.fullmatch(r"[a-z0-9-]+", node["metadata"]["name"])


def test_the_service_finds_the_replicas_and_keeps_visitors() -> None:
    of_kind = {node["kind"]: node["spec"] for node in OBJECTS}
    labels = of_kind["Deployment"]["template"]["metadata"]["labels"]
    assert of_kind["Service"]["selector"] == labels == of_kind["Deployment"]["selector"]["matchLabels"]
    assert of_kind["Service"]["sessionAffinity"] == "ClientIP"
    assert of_kind["Deployment"]["replicas"] > 1


def test_the_addresses_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QA_MILVUS_TOKEN", raising=False)
    found = [text for text in values(OBJECTS) if address.is_address(text)]
    found += re.findall(r"QA_VECTORS='([^']+)'", TEXT)
    assert len(found) == 4
    for text in found:
        assert address.parse(text).milvus is not None


def test_no_secret_is_written_into_a_file() -> None:
    for node in OBJECTS:
        for container in re.findall(r"'name': '([A-Z_]*(?:TOKEN|AUTH|PASSWORD))', '(\w+)'", str(node)):
            assert container[1] == "valueFrom", container

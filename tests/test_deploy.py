"""What `deploy/` describes, as far as it can be told without containers."""

from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from app.settings import Settings

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"


def test_the_compose_file_has_two_replicas_that_share_everything_and_are_given_time() -> None:
    services = read("compose.yaml")[0]["services"]
    web = services["web"]

    assert web["deploy"]["replicas"] == 2
    assert web["stop_grace_period"] == "75s"
    assert "/readyz" in web["healthcheck"]["test"][-1]
    assert web["environment"]["PLAYGROUND_DATABASE_URL"].startswith("postgresql://")
    assert web["environment"]["PLAYGROUND_STORAGE_URL"].startswith("s3://")
    assert services["balancer"]["ports"] == ["127.0.0.1:8000:80"]
    assert all(named(services, web["depends_on"]))
    known_settings(web["environment"])


def test_every_secret_of_the_compose_file_is_asked_for_by_the_example() -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    asked = [line.split("=")[0] for line in (DEPLOY / "env.example").read_text().splitlines()]

    for name in ("POSTGRES_PASSWORD", "STORE_KEY", "STORE_SECRET", "PLAYGROUND_SECRET_KEY"):
        assert f"${{{name}:?}}" in text
        assert name in asked


def test_the_kubernetes_sketch_has_two_replicas_probes_and_the_same_grace() -> None:
    parts = {part["kind"]: part for part in read("kubernetes.yaml")}
    pod = parts["Deployment"]["spec"]["template"]["spec"]
    [container] = pod["containers"]

    assert parts["Deployment"]["spec"]["replicas"] == 2
    assert pod["terminationGracePeriodSeconds"] == 75
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert {"secretRef": {"name": "playground"}} in container["envFrom"]
    known_settings(parts["ConfigMap"]["data"])


def read(name: str) -> list[dict[str, Any]]:
    """The documents in a file."""
    return list(yaml.safe_load_all((DEPLOY / name).read_text()))


def named(services: dict[str, Any], names: dict[str, Any]) -> list[bool]:
    """Whether each service that is depended on is there."""
    return [name in services for name in names]


def known_settings(environment: dict[str, Any]) -> None:
    """No setting is misspelt."""
    ours = [name for name in environment if name.startswith("PLAYGROUND_")]
    known = {f"PLAYGROUND_{name.upper()}" for name in Settings.model_fields}
    assert set(ours) <= known

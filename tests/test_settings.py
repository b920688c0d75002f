"""What may be set, what is refused, and in which words."""

import re
from pathlib import Path

import pytest

from app.errors import InvalidSettings
from app.settings import RUNCOMFY, Settings, is_loopback, load_settings

README = Path(__file__).resolve().parents[1] / "README.md"


def settings(**values: object) -> Settings:
    """The settings with some values and nothing from the environment."""
    return load_settings(_env_file=None, **values)


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of this machine reaches the tests."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"PLAYGROUND_{name.upper()}", raising=False)
    monkeypatch.delenv("RUNCOMFY_TOKEN", raising=False)
    monkeypatch.delenv("RUNCOMFY_BASE_URL", raising=False)


def test_with_nothing_set_the_simulator_plays_on_this_machine_alone() -> None:
    plain = settings()

    assert plain.simulated
    assert (plain.host, plain.port, plain.people_address) == (
        "127.0.0.1",
        8000,
        "http://127.0.0.1:8000",
    )
    assert plain.prefix == ""
    assert plain.on_sqlite


def test_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNCOMFY_TOKEN", "a-secret-token")
    monkeypatch.setenv("PLAYGROUND_PORT", "8123")
    monkeypatch.setenv("PLAYGROUND_POLL_SECONDS", "0.5")

    found = settings()

    assert found.runcomfy_token is not None
    assert found.runcomfy_token.get_secret_value() == "a-secret-token"
    assert not found.simulated
    assert (found.port, found.poll_seconds) == (8123, 0.5)


def test_settings_are_read_from_a_dot_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PLAYGROUND_PORT=8124\nSOMETHING_ELSE=1\n")

    assert load_settings(_env_file=tmp_path / ".env").port == 8124


def test_an_empty_value_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RUNCOMFY_TOKEN", "RUNCOMFY_BASE_URL", "PLAYGROUND_PORT", "PLAYGROUND_ADDRESS"):
        monkeypatch.setenv(name, "")

    found = settings()

    assert found.simulated
    assert (found.port, found.runcomfy_base_url) == (8000, RUNCOMFY)


def test_a_base_url_may_end_in_a_slash() -> None:
    assert settings(runcomfy_base_url=f"{RUNCOMFY}/").simulated


def test_the_line_end_of_a_pasted_token_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNCOMFY_TOKEN", " a-secret-token\n")

    token = settings().runcomfy_token

    assert token is not None
    assert token.get_secret_value() == "a-secret-token"


def test_a_simulator_of_its_own_needs_no_token() -> None:
    beside = settings(runcomfy_base_url="http://127.0.0.1:8001")

    assert not beside.simulated
    assert beside.runcomfy_token is None


def test_the_token_is_not_shown_by_accident() -> None:
    found = settings(runcomfy_token="a-secret-token")

    assert "a-secret-token" not in f"{found} {found!r}"


def test_the_address_gives_the_sub_path() -> None:
    found = settings(address="https://example.com/tools/play/")

    assert found.people_address == "https://example.com/tools/play"
    assert found.prefix == "/tools/play"


def test_an_ipv6_host_is_written_in_brackets() -> None:
    assert settings(host="::1").people_address == "http://[::1]:8000"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"port": "many"}, r"PLAYGROUND_PORT cannot be “many”: .*integer.*\.$"),
        ({"port": 70000}, r"PLAYGROUND_PORT cannot be “70000”: .*65535\.$"),
        ({"poll_seconds": 0.1}, r"PLAYGROUND_POLL_SECONDS cannot be “0.1”: .*0.5\.$"),
        ({"auth": "accounts"}, r"PLAYGROUND_AUTH=accounts is not built yet\. Leave it at open"),
        ({"auth": "oidc"}, r"PLAYGROUND_AUTH=oidc is not built yet"),
        ({"auth": "none"}, r"PLAYGROUND_AUTH cannot be “none”: .*'open'"),
        ({"host": "0.0.0.0"}, r"PLAYGROUND_HOST=0\.0\.0\.0 would let anyone .*127\.0\.0\.1"),
        ({"host": "192.168.1.5"}, r"PLAYGROUND_HOST=192\.168\.1\.5 would let anyone"),
        ({"runcomfy_base_url": "http://example.com"}, r"RUNCOMFY_BASE_URL must begin with https"),
        ({"runcomfy_base_url": "https://a:b@example.com"}, r"is not a plain address"),
        ({"runcomfy_base_url": "example.com"}, r"is not a plain address"),
        ({"runcomfy_base_url": "https://example.com"}, r"RUNCOMFY_TOKEN is not\. Set the token"),
        ({"database_url": "mysql://host/name"}, r"PLAYGROUND_DATABASE_URL must be postgresql://"),
        ({"database_url": "postgresql://host:word/name"}, r"PLAYGROUND_DATABASE_URL must be"),
        ({"database_url": "sqlite:///x.db"}, r"PLAYGROUND_DATABASE_URL must be postgresql://"),
        ({"storage_url": "/mnt/files"}, r"PLAYGROUND_STORAGE_URL must be s3://bucket/prefix"),
        ({"storage_url": "s3://"}, r"PLAYGROUND_STORAGE_URL must be s3://bucket/prefix"),
        ({"address": "example.com/play"}, r"PLAYGROUND_ADDRESS must be the whole address"),
    ],
)
def test_a_wrong_value_is_refused_in_a_sentence(values: dict[str, object], sentence: str) -> None:
    with pytest.raises(InvalidSettings) as refused:
        settings(**values)

    assert re.search(sentence, str(refused.value))
    assert "\n" not in str(refused.value)


def test_every_wrong_value_is_named_at_once() -> None:
    with pytest.raises(InvalidSettings) as refused:
        settings(port="many", poll_seconds=900)

    assert len(str(refused.value).splitlines()) == 2


@pytest.mark.parametrize("token", ["with space", "two\nlines", "naïve", "tab\there"])
def test_a_token_that_cannot_be_sent_is_refused_without_being_shown(token: str) -> None:
    with pytest.raises(InvalidSettings) as refused:
        settings(runcomfy_token=token)

    assert "RUNCOMFY_TOKEN" in str(refused.value)
    assert token not in str(refused.value)


def test_a_wrong_database_url_is_refused_without_showing_its_password() -> None:
    with pytest.raises(InvalidSettings) as refused:
        settings(database_url="mysql://someone:hidden-word@host/name")

    assert "hidden-word" not in str(refused.value)


def test_open_may_listen_beyond_loopback_where_that_is_meant() -> None:
    assert settings(host="0.0.0.0", open_to_network=True).host == "0.0.0.0"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.10", "::1", "[::1]"])
def test_this_machine_is_known_by_its_names(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "10.0.0.1", "localhost.example.com", "127.0.0.1.example.com", ""]
)
def test_other_machines_are_not_taken_for_this_one(host: str) -> None:
    assert not is_loopback(host)


def test_the_readme_describes_every_setting_and_no_other() -> None:
    names = {
        name.upper() if name.startswith("runcomfy_") else f"PLAYGROUND_{name.upper()}"
        for name in Settings.model_fields
    }

    described = {
        name
        for row in README.read_text().splitlines()
        if row.startswith("|")
        for name in re.findall(r"`((?:PLAYGROUND|RUNCOMFY)_[A-Z_]+)`", row.split("|")[1])
    }

    assert described == names

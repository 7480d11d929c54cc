"""The home: private, and chosen once."""

import json
import os
import stat
from pathlib import Path

import pytest

from tasks.core.errors import ConfigError
from tasks.local.settings import PORTS, SECRETS, default_home, load_settings


def test_only_the_owner_can_read_the_settings(tmp_path: Path) -> None:
    """Nobody else reads the secrets, whatever the umask; as root PostgreSQL's user may pass through, not look."""
    before = os.umask(0)
    try:
        settings = load_settings(tmp_path / "home")
    finally:
        os.umask(before)
    assert stat.S_IMODE(settings.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.home.stat().st_mode) == (0o711 if os.geteuid() == 0 else 0o700)
    assert stat.S_IMODE(settings.log_folder.stat().st_mode) == 0o700


def test_ports_and_secrets_are_remembered(tmp_path: Path) -> None:
    """A second look gives the same ports and secrets, and does not write the file again."""
    first = load_settings(tmp_path)
    written = first.file.stat().st_mtime_ns
    assert load_settings(tmp_path) == first
    assert first.file.stat().st_mtime_ns == written
    assert set(first.ports) == set(PORTS)
    assert len(set(first.ports.values())) == len(PORTS)
    assert set(first.secrets) == set(SECRETS)


def test_homes_have_secrets_of_their_own(tmp_path: Path) -> None:
    """No secret is a constant of the program."""
    one, other = load_settings(tmp_path / "one"), load_settings(tmp_path / "other")
    assert not set(one.secrets.values()) & set(other.secrets.values())


def test_what_a_later_version_needs_is_added(tmp_path: Path) -> None:
    """A home of an earlier version gets the missing port, and keeps the others."""
    first = load_settings(tmp_path)
    known = json.loads(first.file.read_text())
    del known["ports"]["standin"]
    first.file.write_text(json.dumps(known))
    second = load_settings(tmp_path)
    assert {**second.ports, "standin": 0} == {**first.ports, "standin": 0}
    assert second.ports["standin"] not in known["ports"].values()
    assert load_settings(tmp_path) == second


@pytest.mark.parametrize("text", ["{", "[]", '{"format_version": 99}'])
def test_a_file_that_is_not_ours_is_refused(tmp_path: Path, text: str) -> None:
    """Secrets that cannot be read are never replaced by new ones: the databases would be locked for good."""
    file = load_settings(tmp_path).file
    file.write_text(text)
    with pytest.raises(ConfigError, match=r"settings\.json"):
        load_settings(tmp_path)
    assert file.read_text() == text


def test_the_home_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """BACKFORTH_HOME names the home; without it, it is .local in the checkout."""
    monkeypatch.setenv("BACKFORTH_HOME", str(tmp_path))
    assert default_home() == tmp_path
    monkeypatch.delenv("BACKFORTH_HOME")
    assert default_home().name == ".local"


def test_addresses_follow_from_ports_and_secrets(tmp_path: Path) -> None:
    """Everything is reached on the loopback address."""
    settings = load_settings(tmp_path)
    password = settings.secrets["lineage_db_password"]
    assert settings.lineage_url == f"postgresql://lineage:{password}@127.0.0.1:{settings.ports['postgres']}/lineage"
    assert settings.airflow_db_url.startswith("postgresql+psycopg2://airflow:")
    assert settings.s3_url == f"http://{settings.s3_endpoint}" == f"http://127.0.0.1:{settings.ports['s3']}"

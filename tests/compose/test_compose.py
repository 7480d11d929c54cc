"""docker-compose.yml and what belongs to it, read as data: no engine is needed."""

import ast
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from jsonschema.validators import validator_for

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
EXAMPLE = ROOT / ".env.example"
MAKE_ENV = ROOT / ".docker" / "make-env"

# ${NAME}, ${NAME:-default}, ${NAME:?message}; $$ is a dollar sign for the container.
VARIABLE = re.compile(r"(?<!\$)\$\{(?P<name>\w+)(?P<rest>[^}]*)\}")
# Services without a health check, and what stands in for it.
WITHOUT_HEALTH_CHECK = {"airflow-init": "the others wait for its exit status"}
SECRET_NAME = re.compile(r"PASSWORD|SECRET|TOKEN|FERNET|ACCESS_KEY", re.IGNORECASE)
PROFILES = {"vllm": ["gpu"], "standin": ["demo"]}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The file, with anchors resolved and variables as they stand."""
    return yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, Any]:
    return compose["services"]


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    """A .env as a new user has it."""
    subprocess.run([sys.executable, MAKE_ENV, tmp_path / ".env"], check=True, capture_output=True)
    return tmp_path / ".env"


def variables(path: Path) -> dict[str, str]:
    """Return NAME -> value of an env file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def strings(node: Any) -> list[str]:
    """Return every string below `node`, keys apart."""
    if isinstance(node, dict):
        return [text for value in node.values() for text in strings(value)]
    if isinstance(node, list):
        return [text for value in node for text in strings(value)]
    return [node] if isinstance(node, str) else []


def connections(services: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the Airflow connections of the workers by id, with variables as they stand."""
    environment = services["worker-cpu"]["environment"]
    prefix = "AIRFLOW_CONN_"
    return {
        name.removeprefix(prefix).lower(): json.loads(environment[name])
        for name in environment
        if name.startswith(prefix)
    }


def test_every_service_has_a_health_check_or_a_reason(services: dict[str, Any]) -> None:
    """Who waits for a service must have something to wait for."""
    without = {name for name, service in services.items() if "healthcheck" not in service}
    assert without == set(WITHOUT_HEALTH_CHECK)


def test_dependencies_wait_for_what_the_other_service_offers(services: dict[str, Any]) -> None:
    """A plain start order would let Airflow meet a database that does not answer yet."""
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            wanted = "service_completed_successfully" if other in WITHOUT_HEALTH_CHECK else "service_healthy"
            assert how == {"condition": wanted}, f"{name} -> {other}"
            assert "profiles" not in services[other], f"{name} would pull {other} out of its profile"


def test_every_long_running_service_is_restarted(services: dict[str, Any]) -> None:
    """A crash must not need a person."""
    for name, service in services.items():
        assert service["restart"] == ("no" if name in WITHOUT_HEALTH_CHECK else "unless-stopped"), name


def test_images_are_pinned(services: dict[str, Any]) -> None:
    """The same file must give the same software next year."""
    for name, service in services.items():
        image, _, tag = service["image"].rpartition(":")
        assert image, f"{name}: {service['image']} names no tag"
        built_here = tag == "local" and "build" in service
        assert built_here or re.match(r"v?\d+\.\d+(\.\d+)?(-|$)|RELEASE\.\d{4}-", tag), f"{name}: {tag}"
    base = re.findall(r"^FROM (\S+)", (ROOT / ".docker" / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert base
    assert all(re.search(r":\d+\.\d+\.\d+-", image) for image in base)


def test_ports_are_published_on_the_loopback_only(services: dict[str, Any]) -> None:
    """A laptop in a café must not offer its database to the room."""
    published = [(name, port) for name, service in services.items() for port in service.get("ports", [])]
    assert published
    for name, port in published:
        assert re.fullmatch(r"127\.0\.0\.1:\$\{\w+:\?[^}]+\}:\d+", port), f"{name}: {port}"


def test_no_secret_stands_in_the_file(compose: dict[str, Any], services: dict[str, Any]) -> None:
    """Every password, key and token comes from .env, and a missing one stops compose with a message."""
    for name, service in services.items():
        for key, value in service.get("environment", {}).items():
            if SECRET_NAME.search(key):
                assert VARIABLE.fullmatch(str(value)), f"{name}: {key} must be one variable"
    for conn_id, connection in connections(services).items():
        for field in ("login", "password"):
            assert connection.get(field, "lineage") == "lineage" or VARIABLE.fullmatch(connection[field]), conn_id
    for text in strings(compose):
        for credentials in re.findall(r"://[^/@]*:([^@]*)@", VARIABLE.sub("VARIABLE", text)):
            assert credentials == "VARIABLE", text
    for found in VARIABLE.finditer(COMPOSE.read_text(encoding="utf-8")):
        assert found["rest"].startswith(":?") or found[0] == "${HF_TOKEN:-}", found[0]


def test_variables_and_their_documentation_agree(env_file: Path) -> None:
    """A variable that is read is explained in .env.example, and one that is explained is read."""
    used = {found["name"] for found in VARIABLE.finditer(COMPOSE.read_text(encoding="utf-8"))}
    # The one variable that compose itself reads.
    assert set(variables(EXAMPLE)) == used | {"COMPOSE_PROJECT_NAME"}
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    for above, line in zip(["", *lines], lines, strict=False):
        assert not re.match(r"\w+=", line) or above, f"{line}: nothing is said about it"


def test_the_example_holds_no_secret_and_says_how_to_make_one() -> None:
    """Secrets in .env.example would become everybody's secrets."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    for above, line in zip(["", *lines], lines, strict=False):
        name, is_assignment, value = line.partition("=")
        if is_assignment and SECRET_NAME.search(name) and name != "VLLM_CONTEXT_TOKENS":
            assert not value, name
            assert name == "HF_TOKEN" or above.startswith("# generate: "), name


def test_make_env_writes_a_complete_private_file(env_file: Path, tmp_path: Path) -> None:
    """One command gives every variable a value, fresh each time, that only its owner can read."""
    made = variables(env_file)
    assert {name for name, value in made.items() if not value} == {"HF_TOKEN"}
    assert stat.S_IMODE(env_file.stat().st_mode) == 0o600
    subprocess.run([sys.executable, MAKE_ENV, tmp_path / "other"], check=True, capture_output=True)
    other = variables(tmp_path / "other")
    secrets = {name for name in made if SECRET_NAME.search(name)} - {"HF_TOKEN", "VLLM_CONTEXT_TOKENS"}
    assert all(made[name] != other[name] for name in secrets)
    # What stands unquoted inside an address must need no quoting there.
    assert all(re.fullmatch(r"[0-9a-f]{16,}", made[name]) for name in secrets - {"AIRFLOW_FERNET_KEY"})


def test_make_env_leaves_an_existing_file_alone(env_file: Path) -> None:
    """New secrets would lock the user out of the volumes made with the old ones."""
    before = env_file.read_bytes()
    again = subprocess.run([sys.executable, MAKE_ENV, env_file], check=False, capture_output=True, text=True)
    assert again.returncode != 0
    assert "exists and is left alone" in again.stderr
    assert env_file.read_bytes() == before


def test_optional_services_lie_in_their_profiles(services: dict[str, Any]) -> None:
    """Without a profile nothing asks for a GPU and no stand-in answers."""
    assert {name: service["profiles"] for name, service in services.items() if "profiles" in service} == PROFILES


def test_airflow_services_share_their_secrets(services: dict[str, Any]) -> None:
    """A worker with another JWT secret than the API server's is refused by it."""
    shared = ("AIRFLOW__CORE__FERNET_KEY", "AIRFLOW__API__SECRET_KEY", "AIRFLOW__API_AUTH__JWT_SECRET")
    airflow = [s for n, s in services.items() if n.startswith(("airflow-", "worker-"))]
    assert len(airflow) == 7
    for name in (*shared, "AIRFLOW__CORE__EXECUTION_API_SERVER_URL", "AIRFLOW__CELERY__BROKER_URL"):
        assert len({service["environment"][name] for service in airflow}) == 1, name


def test_the_standin_is_given_no_secret(services: dict[str, Any]) -> None:
    """It answers strangers' requests inside the network and needs none."""
    assert not any(VARIABLE.search(text) for text in strings(services["standin"]))


def test_connections_point_to_services(services: dict[str, Any]) -> None:
    """A connection names a service of the file, under the name by which the network knows it."""
    for conn_id, connection in connections(services).items():
        host = urlsplit(connection["host"]).hostname or connection["host"]
        assert host in services, conn_id


def test_connections_of_all_datasets_exist(services: dict[str, Any]) -> None:
    """A specification that names a connection nobody defines would fail in its first task."""
    specs = sorted((ROOT / "dags" / "datasets").glob("*.yaml"))
    for path in specs:
        for role, model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"].items():
            assert model["connection"] in connections(services), f"{path.name}: models.{role}"


def test_vllm_serves_what_the_datasets_ask_for(services: dict[str, Any]) -> None:
    """The example's model and revision are those of the specifications behind that connection."""
    example = variables(EXAMPLE)
    for path in sorted((ROOT / "dags" / "datasets").glob("*.yaml")):
        for role, model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"].items():
            if model["connection"] == "backforth_vllm":
                asked = (model["name"], model["revision"])
                assert asked == (example["VLLM_MODEL"], example["VLLM_REVISION"]), f"{path.name}: models.{role}"
    assert int(example["VLLM_CONTEXT_TOKENS"]) >= 8192
    # What vLLM takes to answer its last requests must fit in what compose gives it to stop.
    command, grace = services["vllm"]["command"], services["vllm"]["stop_grace_period"]
    assert int(command[command.index("--shutdown-timeout") + 1]) < int(grace.removesuffix("s"))


def test_vllm_is_one_version_everywhere(services: dict[str, Any]) -> None:
    """The container and the environment of requirements-gpu.txt serve with the same engine."""
    text = (ROOT / "requirements-gpu.txt").read_text(encoding="utf-8")
    pinned = re.search(r"^vllm==(\S+)$", text, re.MULTILINE)
    assert pinned
    assert services["vllm"]["image"] == f"vllm/vllm-openai:v{pinned[1]}"


def test_every_queue_and_pool_of_the_dags_is_served(services: dict[str, Any]) -> None:
    """A task in a queue without a worker, or in a pool that does not exist, waits for ever."""
    commands = [service["command"] for service in services.values() if "--queues" in service.get("command", [])]
    queues = {name for command in commands for name in command[command.index("--queues") + 1].split(",")}
    prepare = (ROOT / ".docker" / "prepare.sh").read_text(encoding="utf-8")
    pools = set(re.findall(r"^airflow pools set (\w+)", prepare, re.MULTILINE))
    assert named_in_dags("pool") <= pools
    # Where a task names no queue it gets the default one.
    default = services["worker-cpu"]["environment"]["AIRFLOW__OPERATORS__DEFAULT_QUEUE"]
    assert named_in_dags("queue") | {default} <= queues


def named_in_dags(kind: str) -> set[str]:
    """Return the names given as `kind="name"`, or as a constant called `SOMETHING_KIND`, in dags/ and plugins/."""
    names = set()
    for path in [*(ROOT / "dags").glob("*.py"), *(ROOT / "plugins").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.keyword(arg=str(name), value=ast.Constant(value=str(value))) if name == kind:
                    names.add(value)
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(value))):
                    names |= {value} if name.endswith(f"_{kind.upper()}") else set()
    return names


def test_mounted_files_exist(services: dict[str, Any]) -> None:
    """For a file that is missing, the engine makes an empty folder in its place."""
    sources = [volume.split(":")[0] for service in services.values() for volume in service.get("volumes", [])]
    mounted = [source for source in sources if source.startswith(".")]
    assert mounted
    assert all((ROOT / source).exists() for source in mounted)
    scripts = [ROOT / part for s in services.values() for part in s.get("command", []) if part.startswith(".docker/")]
    assert scripts
    assert all(script.is_file() for script in scripts)


def test_named_volumes_are_declared_and_used(compose: dict[str, Any], services: dict[str, Any]) -> None:
    """Data lies in volumes with a name, so that `down` keeps it and `down -v` finds it."""
    sources = {volume.split(":")[0] for service in services.values() for volume in service.get("volumes", [])}
    assert {source for source in sources if not source.startswith(".")} == set(compose["volumes"])


def test_the_image_takes_in_code_only() -> None:
    """The build context is an allow list, so that a new file with secrets or data is out by default."""
    lines = [
        line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    ]
    assert lines[0] == "*"
    allowed = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert allowed == {".docker", "dags", "plugins", "pyproject.toml", "requirements.txt", "sql", "tasks"}


@pytest.mark.system
def test_docker_compose_accepts_the_file(env_file: Path) -> None:
    """Debian's docker-compose (1.29, needs no engine for this) resolves every variable and anchor."""
    done = docker_compose_config(env_file)
    assert done.returncode == 0, done.stderr
    resolved = yaml.safe_load(done.stdout)["services"]
    objects = json.loads(resolved["worker-cpu"]["environment"]["AIRFLOW_CONN_BACKFORTH_OBJECTS"])
    made = variables(env_file)
    assert objects["password"] == made["S3_SECRET_KEY"]
    assert objects["extra"] == {"bucket": "backforth"}
    assert resolved["vllm"]["command"][0] == made["VLLM_MODEL"]


@pytest.mark.system
@pytest.mark.parametrize("name", sorted(set(variables(EXAMPLE)) - {"COMPOSE_PROJECT_NAME", "HF_TOKEN"}))
def test_docker_compose_names_a_missing_variable(env_file: Path, name: str) -> None:
    """An empty password must be an error before anything starts, and the message says what to do."""
    lines = env_file.read_text(encoding="utf-8").splitlines()
    env_file.write_text("\n".join(line for line in lines if not line.startswith(f"{name}=")) + "\n", encoding="utf-8")
    done = docker_compose_config(env_file)
    assert done.returncode != 0
    assert "run .docker/make-env" in done.stderr


@pytest.mark.system
def test_the_file_follows_the_compose_specification(compose: dict[str, Any]) -> None:
    """The specification's own JSON schema, as the package check-jsonschema carries it, finds nothing to object to."""
    package = find_spec("check_jsonschema")
    assert package, "install check-jsonschema"
    [folder] = package.submodule_search_locations or []
    schema = json.loads((Path(folder) / "builtin_schemas" / "vendor" / "compose-spec.json").read_text(encoding="utf-8"))
    validator = validator_for(schema)(schema)
    assert [f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(compose)] == []
    assert list(validator.iter_errors({"services": {"x": {"imagge": "y"}}})), "the schema must be able to refuse"


def docker_compose_config(env_file: Path) -> subprocess.CompletedProcess[str]:
    """Run `docker-compose config`; variables of our own environment do not stand in for those of the file."""
    assert shutil.which("docker-compose"), "install Debian's package docker-compose"
    environment = {name: value for name, value in os.environ.items() if name not in variables(EXAMPLE)}
    command = ["docker-compose", "--env-file", str(env_file), "--file", str(COMPOSE), "config"]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=env_file.parent, env=environment, timeout=60
    )

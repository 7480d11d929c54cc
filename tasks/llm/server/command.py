"""Which models share a server, and the command line that starts it."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from tasks.core.errors import ConfigError
from tasks.core.ids import canonical_json, digest_of
from tasks.core.llm_config import ModelSpec, ServeConfig

# Flags that follow from the specification, and from what in it.
OWN_FLAGS = {
    "--model": "model_path",
    "--served-model-name": "the names of the models",
    "--host": "BACKFORTH_SERVE_HOST",
    "--port": "a port that is free at the start",
    "--uds": "a port that is free at the start",
    "--shutdown-timeout": "shutdown_seconds",
    "--enable-lora": "adapters",
    "--lora-modules": "adapters",
}
# Flags, long and short, whose product is the number of GPUs.
PARALLEL_FLAGS = (
    ("--tensor-parallel-size", "-tp"),
    ("--pipeline-parallel-size", "-pp"),
    ("--data-parallel-size", "-dp"),
)
# With one of these the server spans several hosts: `gpus` counts those of ours alone.
SEVERAL_HOSTS = {"--nnodes", "-n", "--data-parallel-size-local", "-dpl", "--data-parallel-hybrid-lb", "-dph"}


@dataclass(frozen=True)
class Server:
    """One server: a base model under `names`, and the adapters of `serve`.

    `models` are (name, revision) of all that ask it; the revision of an adapter is that of the adapter's weights.
    """

    serve: ServeConfig
    names: tuple[str, ...]
    revision: str | None
    models: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """Digest of what is served and how. Time limits do not count: a server that fits is joined."""
        part = self.serve.model_dump(exclude={"start_seconds", "lease_seconds"}, mode="json")
        return digest_of({"serve": part, "models": self.models, "revision": self.revision})

    @property
    def title(self) -> str:
        """What people call it."""
        return f"{', '.join(name for name, _ in self.models)} ({self.serve.model_path})"


def servers_of(models: Mapping[str, ModelSpec]) -> dict[str, Server]:
    """Return the server of every role whose model has a `serve` part, by role.

    Models share a server when their `serve` parts are equal but for the adapters, which are then put together.
    Raises ConfigError, which names the roles, for parts that contradict each other.
    """
    groups: dict[str, list[str]] = {}
    for role, model in models.items():
        if model.serve:
            groups.setdefault(sharing(model.serve), []).append(role)
    found: dict[str, Server] = {}
    for roles in groups.values():
        server = _server({role: models[role] for role in roles})
        found |= dict.fromkeys(roles, server)
    return found


def sharing(serve: ServeConfig) -> str:
    """Return what is equal for models that share a server: everything but the adapters."""
    return canonical_json(serve.model_dump(exclude={"adapters"}, mode="json"))


def argv(server: Server, *, host: str, port: int) -> list[str]:
    """Return the command that serves `server` at `host`:`port`."""
    serve = server.serve
    # `vllm serve MODEL`, but `python -m vllm.entrypoints.openai.api_server --model MODEL`.
    model = [serve.model_path] if serve.command[-1] == "serve" else ["--model", serve.model_path]
    names = ["--served-model-name", *server.names] if server.names else []
    revision = ["--revision", server.revision] if server.revision else []
    where = ["--host", host, "--port", str(port), "--shutdown-timeout", str(math.ceil(serve.shutdown_seconds))]
    return [*serve.command, *model, *names, *revision, *where, *_lora(serve), *serve.flags]


def _lora(serve: ServeConfig) -> list[str]:
    if not serve.adapters:
        return []
    modules = [f"{name}={path}" for name, path in sorted(serve.adapters.items())]
    # vLLM's own default is one adapter per batch: requests of the second would wait for those of the first.
    at_once = [] if "--max-loras" in set(_names(serve.flags)) else ["--max-loras", str(len(modules))]
    return ["--enable-lora", *at_once, "--lora-modules", *modules]


def _server(models: dict[str, ModelSpec]) -> Server:
    where = " and ".join(f"models.{role}" for role in models)
    adapters: dict[str, str] = {}
    for role, model in models.items():
        assert model.serve
        for name, path in model.serve.adapters.items():
            if adapters.setdefault(name, path) != path:
                raise ConfigError(
                    f"models.{role}.serve.adapters: {name} is {path} here and {adapters[name]} elsewhere; they share "
                    "a server, where a name stands for one adapter: give them two names"
                )
    first = next(iter(models.values())).serve
    assert first
    serve = first.model_copy(update={"adapters": adapters})
    _check_flags(serve, where)
    _check_adapters(serve, models, where)
    base = [model for model in models.values() if model.name not in adapters]
    return Server(
        serve=serve,
        names=tuple(sorted({model.name for model in base})),
        revision=_revision(serve, base, where),
        models=tuple(sorted({(model.name, model.revision) for model in models.values()})),
    )


def _revision(serve: ServeConfig, base: list[ModelSpec], where: str) -> str | None:
    revisions = sorted({model.revision for model in base})
    if len(revisions) > 1:
        raise ConfigError(
            f"{where}: share the server of {serve.model_path}, but name the revisions {' and '.join(revisions)}; a "
            "server has one: give the same, or serve parts that differ"
        )
    given = "--revision" in set(_names(serve.flags))
    if revisions and given:
        raise ConfigError(f"{where}.serve.flags: take --revision out; the model's own revision is passed on")
    if not revisions and not given and not serve.model_path.startswith("/"):
        raise ConfigError(
            f"{where}: the adapters' revisions are those of the adapters; say which commit of {serve.model_path} they "
            "stand on: add --revision=COMMIT to serve.flags, or give a folder as model_path"
        )
    return revisions[0] if revisions else None


def _check_adapters(serve: ServeConfig, models: dict[str, ModelSpec], where: str) -> None:
    asked = {model.name for model in models.values()}
    for name, path in serve.adapters.items():
        if name not in asked:
            raise ConfigError(
                f"{where}.serve.adapters: no model is called {name!r}; the names are {sorted(asked)}: an adapter is "
                "named as the model that asks for it"
            )
        if not path.startswith("/"):
            raise ConfigError(
                f"{where}.serve.adapters.{name}: {path!r} is no absolute path; vLLM takes the newest commit of a name "
                "on the Hub, which moves: download the adapter, and give its folder"
            )
    revisions: dict[str, str] = {}
    for model in models.values():
        if revisions.setdefault(model.name, model.revision) != model.revision:
            raise ConfigError(
                f"{where}: {model.name} is asked for in two revisions, {revisions[model.name]} and {model.revision}, "
                f"but the server of {serve.model_path} has one of that name: give the same, or two names"
            )


def _check_flags(serve: ServeConfig, where: str) -> None:
    if not serve.command:
        raise ConfigError(f"{where}.serve.command: is empty; the default is [vllm, serve]")
    for name in _names(serve.flags):
        if name in OWN_FLAGS:
            raise ConfigError(f"{where}.serve.flags: take {name} out; it is set from {OWN_FLAGS[name]}")
        if name == "--api-key":
            raise ConfigError(f"{where}.serve.flags: take --api-key out; everyone on the host can read a command line")
    if not serve.gpus or SEVERAL_HOSTS & set(_names(serve.flags)):
        return
    wanted = math.prod(_size(serve.flags, names, where) for names in PARALLEL_FLAGS)
    if wanted != serve.gpus:
        raise ConfigError(
            f"{where}.serve: the flags spread the model over {wanted} GPUs, gpus is {serve.gpus}: set gpus: {wanted}"
        )


def _names(flags: tuple[str, ...]) -> Iterator[str]:
    """Yield the names of the flags; vLLM takes --max_loras for --max-loras."""
    for flag in flags:
        if flag.startswith("-"):
            yield flag.split("=", 1)[0].replace("_", "-")


def _size(flags: tuple[str, ...], names: tuple[str, ...], where: str) -> int:
    words = [word for flag in flags for word in (flag.split("=", 1) if flag.startswith("-") else [flag])]
    for word, value in pairwise([*words, ""]):
        if word.replace("_", "-") in names:
            if not value.isdecimal():
                raise ConfigError(f"{where}.serve.flags: {word} needs a number, found {value!r}")
            return int(value)
    return 1

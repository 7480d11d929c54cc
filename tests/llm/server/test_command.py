"""The command line of a server, and every mistake that is told before one is started."""

import re
from typing import Any

import pytest

from tasks.core.config import ModelSpec
from tasks.core.errors import ConfigError
from tasks.llm.server.command import argv, servers_of


def model(name: str, revision: str = "r1", **serve: Any) -> ModelSpec:
    return ModelSpec.model_validate({"name": name, "revision": revision, "serve": {"model_path": "org/base"} | serve})


def line(*models: ModelSpec) -> str:
    """The command line of the one server that the models share."""
    servers = {
        server.key: server for server in servers_of({item.name + item.revision: item for item in models}).values()
    }
    assert len(servers) == 1
    return " ".join(argv(next(iter(servers.values())), host="0.0.0.0", port=8123))


def test_a_model_alone() -> None:
    """Model, name, commit, place and patience, as vLLM takes them."""
    assert line(model("judge", "abc", shutdown_seconds=9.5)) == (
        "vllm serve org/base --served-model-name judge --revision abc --host 0.0.0.0 --port 8123 --shutdown-timeout 10"
    )


def test_adapters_share_the_server_of_their_base() -> None:
    """Each is loaded under its model's name and batched with the others; the base keeps its own name and commit."""
    adapters = {"backward": "/lora/b", "judge": "/lora/j"}
    models = [model(name, f"r-{name}", adapters=adapters) for name in ("backward", "judge", "base")]
    assert line(*models).endswith(
        "org/base --served-model-name base --revision r-base --host 0.0.0.0 --port 8123 --shutdown-timeout 60 "
        "--enable-lora --max-loras 2 --lora-modules backward=/lora/b judge=/lora/j"
    )


def test_adapters_named_by_their_own_models_are_put_together() -> None:
    """Each model may name its own adapter only: the rest of `serve` is what makes a server."""
    models = [model(name, adapters={name: f"/lora/{name}"}, flags=["--revision=abc"]) for name in ("a", "b")]
    assert "--lora-modules a=/lora/a b=/lora/b --revision=abc" in line(*models)
    assert "--served-model-name" not in line(*models)


def test_flags_are_passed_on_last() -> None:
    """Parallelism is vLLM's business; a number of our own gives way to the user's."""
    flags = ["--tensor-parallel-size=2", "--data-parallel-size", "2", "--max_loras", "7"]
    made = line(model("a", gpus=4, flags=flags, adapters={"a": "/lora/a"}, model_path="/weights"))
    assert made.endswith("--lora-modules a=/lora/a --tensor-parallel-size=2 --data-parallel-size 2 --max_loras 7")
    assert "--max-loras" not in made


def test_the_python_entry_point_takes_the_model_as_a_flag() -> None:
    """The command `vllm` is missing from some builds; their module knows no positional model."""
    command = ["/env/bin/python", "-m", "vllm.entrypoints.openai.api_server"]
    assert line(model("a", command=command)).startswith(f"{' '.join(command)} --model org/base --served-model-name a ")


def test_models_of_one_base_that_is_served_differently_have_two_servers() -> None:
    """Other flags are another server; models behind a connection have none."""
    plain = ModelSpec(name="c", revision="r", connection="vllm")
    servers = servers_of({"a": model("a"), "b": model("b", flags=["--max-model-len=4096"]), "c": plain})
    assert set(servers) == {"a", "b"}
    assert servers["a"].key != servers["b"].key


def test_the_key_is_of_what_is_served() -> None:
    """A server that runs is joined whatever time limits it was started with, and not with other weights."""
    key = servers_of({"a": model("a")})["a"].key
    assert servers_of({"other": model("a", start_seconds=5, lease_seconds=5)})["other"].key == key
    for other in (model("a", "r2"), model("b"), model("a", env={"X": "1"}), model("a", model_path="org/other")):
        assert servers_of({"a": other})["a"].key != key


@pytest.mark.parametrize(
    ("models", "says"),
    [
        ([model("a"), model("b", "r2")], "name the revisions r1 and r2; a server has one"),
        ([model("a", adapters={"x": "/l"})], "no model is called 'x'; the names are ['a']"),
        ([model("a", adapters={"a": "org/lora"}, flags=["--revision=c"])], "'org/lora' is no absolute path"),
        ([model("a", adapters={"a": "/l"})], "add --revision=COMMIT to serve.flags"),
        (
            [model("a", adapters={"a": "/l"}), model("b", adapters={"b": "/l", "a": "/m"})],
            "a is /m here and /l elsewhere",
        ),
        (
            [
                model("a", "r1", adapters={"a": "/l"}, model_path="/w"),
                model("a", "r2", adapters={"a": "/l"}, model_path="/w"),
            ],
            "a is asked for in two revisions, r1 and r2",
        ),
        ([model("a", flags=["--port=8000"])], "take --port out; it is set from a port that is free at the start"),
        ([model("a", flags=["--served_model_name", "x"])], "take --served-model-name out"),
        ([model("a", flags=["--revision=x"])], "take --revision out; the model's own revision is passed on"),
        ([model("a", flags=["--api-key=x"])], "everyone on the host can read a command line"),
        ([model("a", flags=["-tp", "4"])], "spread the model over 4 GPUs, gpus is 1: set gpus: 4"),
        ([model("a", gpus=2)], "spread the model over 1 GPUs, gpus is 2: set gpus: 1"),
        ([model("a", flags=["--tensor-parallel-size", "all"])], "--tensor-parallel-size needs a number, found 'all'"),
        ([model("a", command=[])], "serve.command: is empty"),
    ],
)
def test_a_mistake_is_told_with_what_to_change(models: list[ModelSpec], says: str) -> None:
    """The message names the roles and the key to edit."""
    with pytest.raises(ConfigError, match=re.escape(says)) as caught:
        servers_of({f"role{number}": item for number, item in enumerate(models)})
    assert "models.role0" in str(caught.value) or "models.role1" in str(caught.value)


def test_gpus_of_other_hosts_are_not_counted() -> None:
    """A server over several hosts takes fewer GPUs here than its flags say."""
    flags = ["--data-parallel-size=8", "--data-parallel-size-local=1"]
    assert "--data-parallel-size-local=1" in line(model("a", flags=flags))
    assert "-tp 4" in line(model("a", gpus=0, flags=["-tp", "4"]))

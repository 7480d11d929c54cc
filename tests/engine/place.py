"""Where the model environment and the trained fixture lie. Imported by both environments."""

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-engine" / "bin" / "python"
# Everything that the fixture is made of: when one of them changes, another fixture is trained.
INGREDIENTS = (
    "tests/engine/torch.txt",
    "tests/engine/requirements.txt",
    "tests/engine/made_texts.py",
    "tests/engine/train_fixture.py",
    "tasks/backtranslate/prompt_v1.jinja",
    "tasks/score/prompt_v1.jinja",
    "tasks/score/prompt_v2.jinja",
    "tasks/rewrite/prompt_v1.jinja",
)


def fixture_folder() -> Path:
    """Return the folder of the fixture that the present ingredients make, whether it is trained already or not."""
    digest = hashlib.sha256(b"\0".join((ROOT / path).read_bytes() for path in INGREDIENTS)).hexdigest()
    return ROOT / ".cache" / "engine" / digest[:16]

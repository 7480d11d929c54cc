"""Which GPUs of this host a model server may be given."""

import subprocess
from collections.abc import Mapping

# What the operator leaves to model servers, where it is not all that is visible: "0,1".
GPUS_VARIABLE = "BACKFORTH_SERVE_GPUS"


def devices(environ: Mapping[str, str]) -> tuple[str, ...] | None:
    """Return the devices as CUDA_VISIBLE_DEVICES names them; None where nobody knows: then they are not counted."""
    for variable in (GPUS_VARIABLE, "CUDA_VISIBLE_DEVICES"):
        if variable in environ:
            return tuple(item.strip() for item in environ[variable].split(",") if item.strip())
    try:
        listed = subprocess.run(
            ["nvidia-smi", "--query-gpu=index", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return tuple(listed.stdout.split())

"""Which documents are the same as an earlier one."""

from typing import Literal

from tasks.core.base import Config


class DedupConfig(Config):
    """Which documents are the same as an earlier one."""

    key: Literal["normalised_text"] = "normalised_text"

"""Which documents are the same as an earlier one."""

from typing import Literal

from pydantic import Field

from tasks.core.base import Config


class DedupConfig(Config):
    """Which documents are the same as one of lower rank (partition, source, offset). The same text always is."""

    key: Literal["normalised_text"] = "normalised_text"
    url: bool = Field(
        True, description="a page of the same address, fetched again, is a duplicate, even where its text has changed"
    )
    near: bool = Field(
        True, description="near duplicates: MinHash of word 5-grams, 14 bands of 8; half of the pairs alike to 0.69"
    )
    earlier_partitions: bool = Field(
        True, description="compare with all earlier partitions of the dataset too, so that a refresh repeats nothing"
    )

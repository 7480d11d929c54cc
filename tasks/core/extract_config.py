"""How a record becomes a document."""

from typing import Literal

from pydantic import Field

from tasks.core.base import OPERATIONAL, Config


class ExtractConfig(Config):
    """HTML to main text."""

    extractor: Literal["resiliparse"] = "resiliparse"
    max_record_bytes: int = Field(16_000_000, ge=1_000, description="larger records are rejected unread")
    max_text_chars: int = Field(1_000_000, ge=1_000)
    unit: Literal["document", "segments"] = Field(
        "document", description="segments: the text below each heading of a page is a document of its own (Humpback)"
    )
    min_segment_chars: int = Field(600, ge=1, description="of a segment; Humpback's band is 600 to 3,000")
    max_segment_chars: int = Field(3_000, ge=1)
    max_reject_rate: float = Field(1.0, ge=0.0, le=1.0, json_schema_extra=OPERATIONAL)

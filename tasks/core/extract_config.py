"""How a record becomes a document."""

from typing import Literal

from pydantic import Field

from tasks.core.base import OPERATIONAL, Config
from tasks.core.policy_config import Edit, OptOutConfig, PersonalDataConfig
from tasks.core.source_config import RecordFields


class ExtractConfig(Config):
    """HTML to main text."""

    extractor: Literal["backforth"] = Field("backforth", description="its version is recorded with every document")
    form: Literal["text", "markdown"] = Field(
        "text", description="markdown: headings, fenced and inline code, quotes and tables are marked"
    )
    title: Literal["first", "apart"] = Field(
        "first", description="first: the text begins with the page's title, which often says alone what it is about"
    )
    max_record_bytes: int = Field(16_000_000, ge=1_000, description="larger records are rejected unread")
    max_text_chars: int = Field(1_000_000, ge=1_000)
    unit: Literal["document", "segments"] = Field(
        "document", description="segments: the text below each heading of a page is a document of its own (Humpback)"
    )
    min_segment_chars: int = Field(600, ge=1, description="of a segment; Humpback's band is 600 to 3,000")
    max_segment_chars: int = Field(3_000, ge=1)
    fields: RecordFields | None = Field(None, description="of a jsonl line or Parquet row; filled in from `source`")
    personal_data: PersonalDataConfig = PersonalDataConfig.model_validate({})
    opt_out: OptOutConfig = OptOutConfig.model_validate({})
    edits: tuple[Edit, ...] = Field((), description="changes to the text, in this order; personal data comes last")
    max_reject_rate: float = Field(1.0, ge=0.0, le=1.0, json_schema_extra=OPERATIONAL)

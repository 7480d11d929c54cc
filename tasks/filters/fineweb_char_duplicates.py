"""Too many characters lie in lines that came before. FineWeb (Penedo et al. 2024, arXiv 2406.17557), section 3."""

from tasks.core.filter_rules_papers import FinewebCharDuplicates
from tasks.filters.document import DocumentText
from tasks.filters.repetition import repeated_shares
from tasks.filters.rule import plain


def _fault(document: DocumentText, params: FinewebCharDuplicates) -> str | None:
    _, characters = repeated_shares(document.whole.lines)
    share = document.note("char_duplicates_ratio", characters)
    return f"{share:.1%} of the characters repeat earlier lines" if share > params.char_duplicates_ratio else None


RULE = plain(FinewebCharDuplicates, _fault)

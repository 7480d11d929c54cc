"""(document, response) -> a judgement of what the response claims beyond the document."""

import re

from tasks.llm.standin.textparts import content_words

# Shares of the response's words that the document lacks, up to which it still gets a score.
_MOST_NEW = ((5, 0.08), (4, 0.2), (3, 0.35), (2, 0.6))
_NUMBER = re.compile(r"\d+")


def judge_faithfulness(document: str, response: str) -> str:
    """Return a judgement with its score on the last line. A number that the document lacks costs three points."""
    said = content_words(response)
    new = sorted(set(said) - set(content_words(document)))
    share = sum(word in new for word in said) / max(1, len(said))
    score = next((score for score, most in _MOST_NEW if share <= most), 1)
    numbers = sorted(set(_NUMBER.findall(response)) - set(_NUMBER.findall(document)))
    if numbers:
        score = max(1, score - 3)
    claims = f"It gives {', '.join(numbers[:3])}, which the document does not. " if numbers else ""
    return (
        f"{claims}Of {len(said)} words that carry meaning {100 * share:.0f} % are not the document's.\n\nScore: {score}"
    )

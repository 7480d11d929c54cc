"""How many documents of 500 words get their sixteen keys in a CPU second, beside datasketch's MinHash where it is.

datasketch (MIT, numpy) makes 112 permutations of the same word 5-grams; it hashes each 5-gram by itself. Vocabulary:
30,000 words, as in natural text a few of them make up most of it (Zipf).
"""

import random
import time
from collections.abc import Callable
from importlib.util import find_spec

from tasks.dedup.keys import Signer
from tasks.dedup.minhash import BANDS, ROWS, WORDS

DOCUMENTS, WORD_COUNT, VOCABULARY = 2_000, 500, 30_000


def measure() -> dict[str, object]:
    """Return documents per CPU second, in ASCII and with curly quotes, and the ratio to datasketch."""
    plain = texts("'")
    found: dict[str, object] = {
        "documents": DOCUMENTS,
        "words": WORD_COUNT,
        "documents_per_cpu_second": round(rate(Signer().keys, plain)),
        "documents_per_cpu_second_beyond_ascii": round(rate(Signer().keys, texts("’"))),
    }
    if find_spec("datasketch"):
        theirs = rate(_datasketch, plain[: DOCUMENTS // 10])
        found["datasketch_documents_per_cpu_second"] = round(theirs)
        found["ratio"] = round(rate(Signer().keys, plain) / theirs, 1)
    return found


def texts(quote: str) -> list[str]:
    """Return documents of sentences of twenty words."""
    source = random.Random(1)
    words = ["".join(source.choices("etaoinshrdlucmfwypvbgkqjxz", k=source.randint(2, 9))) for _ in range(VOCABULARY)]
    weights = [1 / (rank + 10) for rank in range(VOCABULARY)]
    made = []
    for _ in range(DOCUMENTS):
        body = source.choices(words, weights, k=WORD_COUNT)
        made.append(" ".join(f"{word}{quote}s." if number % 20 == 19 else word for number, word in enumerate(body)))
    return made


def rate(work: Callable[[str, None], object], documents: list[str]) -> float:
    """Return the documents per CPU second of the best of three rounds."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        for text in documents:
            work(text, None)
        best = min(best, time.process_time() - start)
    return len(documents) / best


def _datasketch(text: str, _: None) -> object:
    from datasketch import MinHash

    words = text.lower().split()
    made = MinHash(num_perm=BANDS * ROWS)
    made.update_batch([" ".join(words[at : at + WORDS]).encode() for at in range(len(words) - WORDS + 1)])
    return made.hashvalues

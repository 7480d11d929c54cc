"""Presets: values for the keys that a specification does not give.

`backforth` is the defaults of tasks/core/config.py. `paper` has the numbers of "Better Alignment with Instruction
Back-and-Forth Translation" (arXiv 2408.04614) and switches off what that paper does not have. `humpback` does the
same for "Self-Alignment with Instruction Backtranslation" (arXiv 2308.06259). What is equal in all (T = 1.0 and
p = 0.9, threshold 5, one judgement per pair, a reply of 514 tokens for an instruction) is not repeated here.

Where our defaults leave the paper, and why:

| key | paper | ours | why |
|---|---|---|---|
| backtranslate.max_attempts | 1 | 2 | the paper names no retry; the second reply often has the right form |
| clean.min_chars | 1 | 12 | the paper has no rule for instructions; shorter ones ask nothing |
| clean.max_chars | 1000000 | 2000 | about its longest instruction of 514 tokens; longer ones retell the document |
| clean.max_copied_words | 1000000 | 24 | small backward models put the answer into the question |
| clean.max_similarity | 1.0 | 0.85 | near-duplicates cost judging and rewriting, and teach little |
| clean.min_answered | 0.0 | 0.3 | an instruction about something else than its document cannot be answered from it |
| distil.max_attempts | 1 | 3 | as for rewriting |
| filters.rules.too_short.min_chars | 1 | 400 | the paper took a text of one sentence; its rewrite invented the rest |
| filters.rules.too_long.max_chars | 16000 | 24000 | its models see 4,096 tokens; `context_tokens` cuts by token |
| quality.min_instruction_chars | 1 | 8 | the paper has no gate |
| quality.min_response_chars | 1 | 80 | the same |
| quality.max_response_chars | 1000000 | 24000 | the same |
| release.tags | true | false | without seed pairs beside, the sentence tells nothing apart |
| rewrite.max_attempts | 1 | 3 | a reply without markers is asked for again: the pair is good |
| verify.min_length_ratio | 0.0 | 0.15 | the paper's examples lose the evidence of the draft |
| verify.max_length_ratio | 1000000 | 1.6 | the paper's examples grow a short note into a page of inventions |
| verify.min_copy_rate | 0.0 | 0.5 | the prompt asks to stay close to the draft; this looks whether it did |
| verify.max_new_numbers | 1000000 | 0 | a number that the document lacks was invented |
| verify.max_new_names | 1000000 | 1 | so was a name; one is allowed, as a capital letter may mislead |
| verify.max_new_dates | 1000000 | 0 | as for numbers |
| verify.max_new_quotations | 1000000 | 0 | the paper's examples hold quotations that nobody said |

What `paper` cannot give: the corpus is read from WARC files, and our document filters stand for those of Dolma; rules
that have no bound (an empty or echoed instruction, a refusal, chat phrases) hold in every preset; models are yours.
"""

from typing import Any

# Wide enough to let everything through, and a number that JSON can hold.
_NO_BOUND = 1_000_000
_NOTHING_CHECKED: dict[str, Any] = {
    "backtranslate": {"max_attempts": 1},
    "clean": {
        "min_chars": 1,
        "max_chars": _NO_BOUND,
        "max_copied_words": _NO_BOUND,
        "max_similarity": 1.0,
        "min_answered": 0.0,
    },
    "rewrite": {"max_attempts": 1},
    "distil": {"max_attempts": 1},
    "verify": {
        "min_length_ratio": 0.0,
        "max_length_ratio": _NO_BOUND,
        "min_copy_rate": 0.0,
        "max_new_numbers": _NO_BOUND,
        "max_new_names": _NO_BOUND,
        "max_new_dates": _NO_BOUND,
        "max_new_quotations": _NO_BOUND,
    },
    "quality": {"min_instruction_chars": 1, "min_response_chars": 1, "max_response_chars": _NO_BOUND},
    "release": {"tags": True},
}


def merged(base: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Return `base` overlaid with what was given, part by part; a part given as null counts as not given."""
    out = dict(base)
    for key, value in given.items():
        below = base.get(key)
        if isinstance(below, dict) and value is None:
            continue
        out[key] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return out


def _length_band(min_chars: int, max_chars: int) -> dict[str, Any]:
    """Return the key `filters` with other bounds of the length than those of its own preset."""
    return {"change": {"too_short": {"min_chars": min_chars}, "too_long": {"max_chars": max_chars}}}


_HUMPBACK_SAMPLING = {
    stage: {"temperature": 0.7, "top_p": 0.9} for stage in ("backtranslate", "score", "rewrite", "distil")
}

PRESETS: dict[str, dict[str, Any]] = {
    "backforth": {},
    # 16,000 characters are about the 4,096 tokens of Llama 2, near which the paper drops documents.
    "paper": merged(_NOTHING_CHECKED, {"filters": _length_band(1, 16_000)}),
    "humpback": merged(
        _NOTHING_CHECKED,
        merged(
            _HUMPBACK_SAMPLING,
            {
                "variant": "humpback",
                # M0 judges all pairs, M1 was trained on what M0 kept and judges them again; what M1 keeps trains M2.
                "score": {"rounds": ["m0", "m1"]},
                "extract": {"unit": "segments", "min_segment_chars": 600, "max_segment_chars": 3_000},
                "filters": _length_band(600, 3_000),
            },
        ),
    ),
}


def with_preset(data: dict[str, Any]) -> dict[str, Any]:
    """Return the specification `data`, which is not validated yet, with the values of its preset below it.

    A list of filter rules that is given is the whole list: what the preset changes of another one does not touch it.
    """
    name = data.get("preset")
    below = PRESETS.get(name, {}) if isinstance(name, str) else {}
    filters = data.get("filters")
    if isinstance(filters, dict) and filters.get("rules") is not None:
        below = {key: value for key, value in below.items() if key != "filters"}
    return merged(below, data)


def values_of(name: str) -> dict[str, Any]:
    """Return what a preset sets, by the dotted keys under which a specification shows it."""
    return {key.replace("filters.change.", "filters.rules."): value for key, value in flattened(PRESETS[name]).items()}


def flattened(part: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return the values of nested dictionaries by their dotted keys; a list of rules counts as a dictionary of them."""
    out: dict[str, Any] = {}
    for key, value in part.items():
        if key == "rules" and value and all(isinstance(rule, dict) for rule in value):
            value = {name: params for rule in value for name, params in rule.items()}
        out |= flattened(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return out

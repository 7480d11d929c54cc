"""The instruction goes round in circles: a sign, a word or a few words again and again (KUN drops such texts too)."""

import re

from tasks.clean.rule import Case, Rule

# More often in a row than this is no emphasis any more.
MAX_TIMES = 5
MAX_UNIT_WORDS = 8
# Lines of dots, dashes and underscores are drawn; other signs are not set so often.
_SIGNS = re.compile(r"([^\s._=*#~+/\\-])\1{24,}")


def _fault(case: Case) -> str | None:
    if found := _SIGNS.search(case.instruction):
        return f"{len(found[0])} times the sign {found[1]!r}"
    for size in range(1, MAX_UNIT_WORDS + 1):
        same = 0
        for i in range(size, len(case.words)):
            same = same + 1 if case.words[i] == case.words[i - size] else 0
            if same >= MAX_TIMES * size:
                return f"more than {MAX_TIMES} times in a row: {' '.join(case.words[i - size + 1 : i + 1])[:200]}"
    return None


RULE = Rule("instruction_repeats_itself", _fault)

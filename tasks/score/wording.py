"""The words around a number that make it a score, or keep it from being one, as judges of many kinds use them.

Patterns that end in `$` are searched in the words before a number, the others are matched on those behind it.
"""

import re

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
NUMBER = r"-?\d+(?:[.,]\d+)*|" + "|".join(WORDS)
NUMERAL = re.compile(rf"(?<![a-z0-9.,/+-])(?:{NUMBER})(?:(?!\w)|(?=[分点점星]))")

STRONG_LABEL = (
    r"scores?|ratings?|grade|mark|verdict|final answer|final judge?ment|final decision|score value|boxed|\[result\]"
    # German, French, Spanish, Portuguese, Italian, Russian, Chinese, Japanese, Korean
    r"|(?:gesamt)?bewertung|(?:gesamt)?punktzahl|note finale|puntuaci[oó]n|calificaci[oó]n|puntaje|nota final"
    r"|pontuaç[aã]o|punteggio|valutazione|оценка|балл|分数|评分|得分|总分|打分|点数|スコア|評価|採点|점수|평점"
)
# Labels that introduce other numbers as well, so that nothing but the number may follow.
WEAK_LABEL = (
    r"overall|total|points|stars|level|category|quality|answer|result|conclusion|evaluation|judge?ment|assessment|rate"
    r"|output|vote|note|nota"
)
_FILLER = (
    r"it|this|that|the|these|an?|as|at|with|of|to|is|be|by|was|would|will|should|must|overall|therefore|thus|so|hence|"
    r"only|just|level|category|solid|strong|perfect|full|clear|clearly|definite|firm|answer|response|pair|example|"
    r"candidate|text|final|description|for|on|in|into|under|here|squarely|my|i|give|assign|value|assistant|quality|"
    r"assistant's|model's|given|good|towards?|number|assessment|evaluation|s"
)
_PART = r"(?:(?<![a-z])(?P<part>[^\W\d_]+)[ -]+)?(?<![a-z/])"
_LINK = rf"(?P<link>(?:[\s:=>|\-–—…→\"'(\[{{<#\])]|\.\.\.|(?:{_FILLER})(?![a-z]))*)$"
STRONGLY = re.compile(rf"{_PART}(?P<label>{STRONG_LABEL})(?![a-z]){_LINK}")
WEAKLY = re.compile(rf"{_PART}(?P<label>{WEAK_LABEL})(?![a-z]){_LINK}")
IS_COLON = re.compile(r"[:=>|\]…→{]|\.\.\.|\n|^ ?[-–—] ?$")
LINE_START = re.compile(r"(?:\A|\n)[^\w\n]*$")
# Where a label with a word before it begins: the word names a part ("Level of detail score"). In running text
# ("others would say score: 4") it does not.
CLAUSE_START = re.compile(r"(?:\A|\n|[|,;.({\[\"'•-] ?)(?:[^\W\d_]+[ -]){0,2}$")

FINAL_WORDS = frozenset({"overall", "final", "total"})
# What may stand before a label when the whole is meant; any other word names a part ("Clarity score").
WHOLE_WORDS = FINAL_WORDS | {"quality", "the", "my", "your", "our", "its", "a", "an", "this", "that", "is", "and", "or"}
WHOLE_WORDS |= {"as", "of", "with", "give", "evaluation", "rubric", "answer", "response", "judge", "assigned", "ai"}
WHOLE_WORDS |= {"resulting", "numeric", "numerical", "suggested", "proposed", "recommended", "following", "example"}
WHOLE_WORDS |= {
    "appropriate",
    "correct",
    "fair",
    "perfect",
    "composite",
    "aggregate",
    "combined",
    "general",
    "holistic",
}

_VERB = (
    r"giv(?:e|es|ing)|gave|rat(?:e|es|ed|ing)|scor(?:e|es|ed|ing)|grad(?:e|ed|ing)|assign(?:ed|ing)?|award(?:ed|ing)?|"
    r"deserves?|deserving|merits?|earns?|gets?|received?|receives|go|going|warrants?|settled?|put|puts|place|places|"
    r"lands?|landed|falls?|worth|corresponds?|match(?:es)?|fits?|qualifies|consider|recommend|lean(?:ing)?|makes?"
)
VERDICT = re.compile(
    rf"(?<![a-z])(?:{_VERB})(?![a-z]| of\b)(?:[\s:\"'(\[]|(?:score|rating|grade|{_FILLER})(?![a-z]))*$"
)
_ADJECTIVES = r"(?:(?:an?|level|clearly|definitely|therefore|thus|overall|solid|strong|clear|firm|perfect) )*\"?"
TOLD = re.compile(
    r"\b(?:(?:this|that|it|answer|response|example|pair|document|text)(?: \w+)? (?:is|as)|(?:should|would) be|it's|"
    rf"that's|say|so|but|therefore|thus|i think|on balance|conclusion|summary|overall)\b[,:]?\s?{_ADJECTIVES}$"
)
OPENS = re.compile(rf"(?:\A|[.!?] |\n){_ADJECTIVES}$")
OF = re.compile(
    rf"[打给評评为是]$|\b(?:total|sum) of $|(?<![a-z])(?:{STRONG_LABEL}) of (?:an? )?$|(?<![a-z])between (?:an? )?$"
)
LEVEL = re.compile(r"(?:(?:\A|\n|\b(?:is|at|only|clearly) )(?:level|category)|(?<![a-z])overall)[ ,]*$")
CRITERION = re.compile(r"[^\W\d_][ )\]\"']*[:=|-] ?[\"'(\[]?$")
QUOTED = re.compile(r"[\"'](?=[a-z])[^\"'\n]{0,20}$")

# "cannot give it a 5", "to get a 5", "falls short of a 5", "close to a 5"
NEGATED = re.compile(
    r"(?:\b(?:not|cannot|never|hardly|barely|short of|instead of|than|could|if|from|reach|close to|near|nearly|almost|"
    r"(?<!inclined )(?<!have )(?<!going )(?<!like )(?<!decided )(?<!fair )(?<!happy )(?<!led me )to)|n't)"
    r"(?: \w+){0,2}\s*$"
)
RATHER = re.compile(r"\b(?:short of|instead of|than|close to|near|from|to be|considered) (?:an? |the )?$")
# "If it had an example, I would give it a 5", "I first thought of a 4"
WISHED = re.compile(r"\b(?:if(?! i had to)|normally|usually|initially|otherwise|originally|tempted)\b[^.!?\n]*$")
# What follows a score that was only thought of: a score of 5 would require this, means that, is reserved for those.
HYPOTHETICAL = re.compile(
    r"\W*(?:would (?!be (?:an? )?(?:appropriate|fair|right|suitable|reasonable|justified|fitting|good|apt))|requires?|"
    r"needs?|means?|if|were|is (?:for|reserved|out|too|not)|for (?:an?|the)\s+\w+\s+answer)\b"
)
COMPARED = re.compile(r"(?:[~≈≥≤]|(?:^|[\s:(])[<>]=?) ?$")

_UNITS = r"(?:points?|stars?|punkten?|puntos)"
_DENOMINATOR = (
    rf"[\])>}}\"']*(?:[ -]?{_UNITS})? {{0,4}}\(? ?(?:/|out of|of|von|sur|de)(?: an? (?:possible|maximum)(?: of)?)? ?"
    r"(?P<of>\d+(?:\.0)?|" + "|".join(WORDS) + r")\b"
)
FRACTION = re.compile(_DENOMINATOR)
# The end of what is said about a number: "gives it 3 examples" is no verdict, nor is "1 point for clarity".
CLEAN = re.compile(
    rf"(?:{_DENOMINATOR})?[\])>}}\"'|]*(?:[ -]{_UNITS}\b(?! for| on))?[\])>}}\"'|]* ?"
    r"(?:\Z|[.,;:!?)(\n–—|]|</|-(?!\w)|of the (?:rubric|scale)\b|(?:on|because|since|as|overall|but|due|or|to|and|"
    r"instead|rather|here|if|would|with|at best|given|for(?! each)|is|seems|rating|response|answer|分|점)\b)"
)
ALONE = re.compile(rf"[^\w\n]*(?:/ ?5[^\w\n]*)?(?:{_UNITS}[^\w\n]*)?(?:\([a-z ]{{1,20}}\)[^\w\n]*)?(?:\n|\Z)")
LAST = re.compile(rf"[^\w\n]*(?:/ ?5)?[^\w\n]*{_UNITS}?\W*\Z")
STARRED = re.compile(r"[ -]star (?:answer|response|rating)\b")
ENDS_QUOTED = re.compile(r"(?: ?/ ?5)?\.?[\"'](?P<rest>\W*\Z)?")

# "3-4", "3 or a 4", "4 and a half", "3 for clarity and 4 for depth"; "3/5 for content, 5/5 for style"
_AND = r"\bto\b|\bor\b|\band\b|,|-|–"
SECOND = re.compile(
    rf" ?(?:{_AND}|—|&|~|\+) ?(?:an? |maybe |perhaps |even |possibly )?(?:\d|half\b|(?:{'|'.join(WORDS)})\b)"
    r"| for \w+(?: and|,| but) (?:an? )?\d"
)
SECOND_FRACTION = re.compile(rf" {{0,4}}(?:{_AND}) ?(?:{NUMBER}) ?(?:/|out of)|[^.\n]{{1,20}}, ?\d ?/")
INEXACT = re.compile(r" ?%|\+(?! ?\d)")
DOUBTED = re.compile(r" ?\?")

"""Verbs: a list of common ones, and the way from "sharpening" or "sharpens" back to "sharpen"."""

import re

from tasks.llm.standin.wordlist import word_set

# Common verbs of instructions and explanations; where a word is not here, spelling rules decide.
VERBS = word_set(
    """
    accept access achieve add adjust allow alter analyse analyze answer appear apply approach archive arrange ask
    assemble assign attach author avoid bake balance be become begin believe bend bind bisect bleed block boil book
    boost boot borrow break breed brew bring browse brush build burn buy cache calculate calibrate call cancel care
    carry carve catch change charge chat check choose chop clean clear click climb close coat code collaborate
    collect combine come communicate compare compile complete compost compress compute configure connect conserve
    consider construct contact contain control convert cook cool copy correct count cover crash create crochet crop
    cross cure customise customize cut deal debug decide declare declutter decode decorate define defrost delete
    deliver deploy descale descend describe design detect determine develop diagnose die dig dilute disable
    disconnect discover display distribute divide do download drain draw dress drill drink drive drop dry dye earn
    eat edit embed emulate enable encode encrypt end enforce enjoy ensure enter erase escape establish estimate
    evaluate examine exchange exclude execute exercise expand explain explore export express extend extract face
    fall feed feel ferment fertilise fertilize fetch fight file fill filter find finish fit fix float flow flush
    fold follow force form format freeze fry gain generate get give glue go grate grease grill grind group grow
    handle hang happen harden harvest hatch have heal hear heat help hide hire hold host identify ignore implement
    import improve include increase infer insert inspect install instrument insulate integrate interact interpret
    introduce invest invite invoke iron isolate join judge jump keep kick kill knead knit know label land last lay
    lead leak learn leave lend let level lift light limit link list listen live load locate lock log look loop lose
    lower lubricate make manage manipulate map marinate mark match mean measure meet melt mend merge migrate mirror
    mix mock model modify monitor mount move mow multiply name navigate need negate negotiate normalise normalize
    note number observe obtain oil open operate optimise optimize order organise organize pack package paint parse pass
    paste patch pay peel perform pick pickle place plan plant play plot point polish port pour power practise
    predict prepare present preserve press prevent print process produce profile program protect prove provide prune
    publish pull pump purchase push put query quit raise randomise reach react read recognise recognize record
    recover recycle reduce refactor refill refinish refresh register regrow reheat release remember remove rename
    render rent reorder reorganise repair repeat replace report repot represent request rescue research reset resize
    resolve respond restart restore retrieve return reuse review rewire rewrite ride ring rinse rise roast roll
    rotate round run rust salt sample sand sanitise save saw say scale scan schedule score scrape scroll scrub seal
    search season secure see select sell send separate serialise serialize serve set sew shape share sharpen shift
    shine ship shoot shop show shrink shuffle shut sign simmer simulate sing sink sit size sketch skim skip sleep
    slice slow smell smoke soak solder solve sort sow spawn speak specify spell spend spin split spot spray spread
    stain stand start state stay steam sterilise sterilize stick stop store strain strengthen stretch strip
    structure study subclass submit subscribe succeed support suspend swim switch synchronise synchronize take talk
    tame target taste teach tear tell terminate test thaw think thread throw tie tighten tile toast toggle touch
    trace track trade train transfer transform translate transplant travel traverse treat trigger trim troubleshoot
    trust try tune turn type unblock unclog understand undo uninstall unlock unpack unroll unwrap update upgrade
    upload use validate vary verify view visit wait wake walk warm wash waste watch water wax wear weave weigh weld
    whet whisk win wipe wire work worry wrap write yield zip
    """
)

# Spelled like a gerund, but mostly a noun or an adjective.
_NOT_GERUNDS = word_set(
    """
    anything bearing beijing building ceiling clothing during earring evening everything existing feeling floating
    following housing interesting king meaning missing morning nothing offering ongoing outgoing pudding remaining
    ring something spring string surprising thing training upcoming wedding wing
    """
)
# Verbs whose last consonant is doubled before -ing although it is an l, or that end in a double letter anyway.
_UNDOUBLED_L = (
    "control",
    "label",
    "travel",
    "model",
    "cancel",
    "patrol",
    "signal",
    "level",
    "fuel",
    "marshal",
    "channel",
)
_ENDS_IN_E = re.compile(
    r"(?:[cvzu]|[bcdfgkpstz]l|[rnpl]s|[aeiou]s|dg|[ae]ng|[^aeiou][aiu]t|eat|[aeiou]ag|[iou]d|[^aeo]ur|[aeio]r|[^aeo]in|il|ul|[^aeo][ai]k|[ao]m)$"
)
_ONE_SYLLABLE = re.compile(r"^[^aeiouy]*[aeiouy][^aeiouywx]$")
_DOUBLED = re.compile(r"([bdfgklmnprstvz])\1$")


def base_of_gerund(word: str, *, acts: bool = False) -> str | None:
    """Return "bleed" for "bleeding"; None when `word` (lower case) is no gerund.

    `acts` says that an object follows, so that "building" is no house.
    """
    if len(word) < 5 or not word.endswith("ing") or (word in _NOT_GERUNDS and not acts):
        return None
    stem = word[:-3]
    if not re.search(r"[aeiouy]", stem):
        return None
    if stem.endswith("y") and stem[:-1] + "ie" in {"lie", "tie", "die"}:
        return stem[:-1] + "ie"
    undoubled = stem[:-1] if _DOUBLED.search(stem) else stem
    for candidate in (stem, stem + "e", undoubled):
        if candidate in VERBS:
            return candidate
    if undoubled != stem:
        keeps = stem[-1] in "lsfz" and undoubled not in _UNDOUBLED_L
        return stem if keeps else undoubled
    return stem + "e" if _ONE_SYLLABLE.match(stem) or _ENDS_IN_E.search(stem) else stem


def base_of_third_person(word: str) -> str | None:
    """Return "change" for "changes" when that is a known verb, else None."""
    for ending, replacement in (("ies", "y"), ("es", ""), ("s", "")):
        if word.endswith(ending) and word[: -len(ending)] + replacement in VERBS:
            return word[: -len(ending)] + replacement
    return None

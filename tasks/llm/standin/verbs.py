"""Verbs: a list of common ones, and the way from "sharpening" or "sharpens" back to "sharpen"."""

import re

# Common verbs of instructions and explanations; where a word is not here, spelling rules decide.
VERBS = word_set(
    """
    emulate simulate boot mirror author archive browse chat click communicate correct crash exchange exclude flush interact invoke mock multiply negate
    publish raise randomise refresh register reorder reorganise resize round scroll serialise serialize shuffle skim sleep spawn strip subclass suspend
    terminate toggle traverse unpack unroll unwrap whet zip bisect collaborate conserve crochet declutter deliver descend drive fertilise fertilize
    accept access achieve add adjust allow alter analyse analyze answer apply appear approach arrange ask assemble
    assign attach avoid bake balance be become begin believe bend bind bleed block boil boost book borrow break breed
    brew bring brush build burn buy cache calculate calibrate call cancel care carry carve catch change charge check
    choose chop clean clear climb close coat code collect combine come compare compile complete compost compress
    compute configure connect consider construct contact contain control convert cook cool copy correct count cover
    create cross crop cure customise customize cut deal debug decide declare decorate decode define defrost delete
    deploy describe descale design detect determine develop diagnose die dig dilute disable disconnect discover
    display distribute divide do download drain draw dress drill drink drive drop dry dye earn eat edit embed enable
    encode encrypt end enforce enjoy ensure enter erase escape establish estimate evaluate examine execute exercise
    expand explain explore export express extend extract face fall feed feel ferment fetch fight file fill filter
    find finish fit fix float flow fold follow force form format freeze fry gain generate get give glue go grate
    grease grill grind group grow handle hang happen harden harvest hatch have heal hear heat help hide hire hold
    host identify ignore implement import improve include increase infer insert inspect install instrument insulate
    integrate interpret introduce invest invite iron isolate join judge jump keep kick kill knead knit know label
    land last lay lead leak learn leave lend let level lift light limit link list listen live load locate lock log
    look loop lose lower lubricate make manage manipulate map mark marinate mark match mean measure meet melt mend
    merge migrate mix model modify monitor mount move mow multiply name navigate need negotiate normalise normalize
    note number observe obtain open operate optimise optimize order organise organize pack package paint parse pass
    paste patch pay peel perform pick pickle place plan plant play plot point polish port pour power practise predict
    prepare present preserve press prevent print process produce profile program protect prove provide prune pull
    pump purchase push put query quit raise reach react read recognise recognize record recover recycle reduce
    refactor refill refinish regrow reheat release remember remove rename render rent repair repeat replace report
    repot represent request rescue research reset resolve respond restart restore retrieve return reuse review rewire
    rewrite ride ring rinse rise roast roll rotate run rust salt sample sand sanitise save saw say scale scan schedule
    score scrape scrub seal search season secure see select sell send separate serve set sew shape share sharpen
    shift shine ship shoot shop show shrink shut sign simmer sing sink sit size sketch skip sleep slice slow smell
    smoke soak solder solve sort sow speak specify spell spend spin split spot spray spread start stain stand start
    state stay steam sterilise sterilize stick stop store strain strengthen stretch strip structure study submit
    subscribe succeed support swim switch synchronise synchronize take talk tame target taste teach tear tell test
    thaw think thread throw tie tighten tile toast touch trace track trade train transfer transform translate
    transplant travel treat trigger trim troubleshoot trust try tune turn type understand undo unblock unclog
    uninstall unlock update upgrade upload use validate vary verify view visit wait wake walk warm wash waste watch
    water wax wear weave weigh weld whisk win wipe wire work worry wrap write yield
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


def base_of_gerund(word: str) -> str | None:
    """Return "bleed" for "bleeding"; None when `word` (lower case) is no gerund."""
    if len(word) < 5 or not word.endswith("ing") or word in _NOT_GERUNDS:
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

"""Words that tell what a text is about, and words that any question may hold."""

from tasks.decontaminate.words import size_of

# English, as `words` writes it: without apostrophes. Function words, and what questions and requests are framed with.
_FRAME = """
    about above after again all also am an and another any are arent as at be because been before being below between
    both but by can cannot cant could couldnt did didnt do does doesnt doing dont down during each either few for from
    had has hasnt have havent having he her here hers him his how however if ill im in instead into is isnt it its ive
    just let lets like many may me might more most much must my near no none nor not now of off often on once one only
    or other our out over own per please same shall she should so some such than that thats the their them then there
    these they theyre this those through thus to too two under until up upon us use used using very via was wasnt we
    well were werent what whats when where whether which while who whom whose why will with within without wont would
    yes yet you youd youll your youre
    answer answers ask assume best better briefly choose complete consider correct create describe determine discuss
    each example examples explain false find first following follows form generate get give given go good help identify
    kind know known large last list long look made main make makes making mean means name need needs new next number
    old order part possible provide question questions right say second see select sentence sentences short show small
    statement statements suppose take tell thing things three time true try type want way ways word words work write
    written wrong
"""
FRAME_WORDS = frozenset(_FRAME.split())
# What is shorter is seldom a noun in any language written with spaces; a number of any length tells something.
MIN_CHARS = 4


def telling(word: str) -> float:
    """Return what a word counts for as one that tells what a text is about: `size_of` it, or nothing."""
    size = size_of(word)
    if size < 1 or word.isdigit():
        return size
    return 0.0 if word in FRAME_WORDS or len(word) < MIN_CHARS else size

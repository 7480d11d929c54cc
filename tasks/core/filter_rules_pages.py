"""Parameters of the rules that are about characters, links and kinds of page. Ratios are shares of all characters.

Bounds of the character rules are those of NeMo Curator's heuristics. Those of the page rules are our own choice,
tried on manuals, how-tos and articles (which must pass) and on pages of the kind.
"""

from pydantic import Field

from tasks.core.filter_rules import RuleParams
from tasks.core.text.personal_data import KINDS, Kind


class TooManyDigits(RuleParams):
    """Numbers rather than text."""

    max_number_to_text_ratio: float = Field(0.15, ge=0, le=1)


class TooManyParentheses(RuleParams):
    """Round brackets everywhere."""

    max_parentheses_ratio: float = Field(0.1, ge=0, le=1)


class TooMuchWhiteSpace(RuleParams):
    """White space rather than text."""

    max_white_space_ratio: float = Field(0.25, ge=0, le=1)


class TooManyNonAlphanumeric(RuleParams):
    """Signs rather than letters and digits; white space is neither."""

    max_non_alpha_numeric_to_text_ratio: float = Field(0.25, ge=0, le=1)


class TooLongWord(RuleParams):
    """A word that no language has: encoded data, or text without spaces."""

    max_word_length: int = Field(1_000, ge=1, description="C4's code has the same bound")


class TooLongLines(RuleParams):
    """A line that is no paragraph: minified code or data."""

    max_length: int = Field(1_000, ge=1)
    mean: bool = Field(False, description="the mean of all lines, not the longest")


class LinkDensity(RuleParams):
    """Addresses and Markdown links rather than text."""

    max_url_to_text_ratio: float = Field(0.2, ge=0, le=1)


class Boilerplate(RuleParams):
    """Notices on terms, privacy and rights rather than text."""

    max_boilerplate_ratio: float = Field(0.4, ge=0, le=1, description="share of the paragraphs")


class PlaceholderText(RuleParams):
    """Filler instead of content: blind text, parked domains, pages under construction."""

    max_words: int = Field(150, ge=1, description="a longer text may quote such a sentence")


class ErrorPage(RuleParams):
    """A server's or a script's message that there is no page to see."""

    max_words: int = Field(200, ge=1, description="a longer text explains errors, it is none")


class CookieWall(RuleParams):
    """A page that asks for consent and shows little else."""

    max_words: int = Field(400, ge=1)
    min_sentence_ratio: float = Field(0.4, ge=0, le=1, description="sentences on cookies and consent")


class LoginWall(RuleParams):
    """The page stops where one has to log in, to subscribe or to pay."""

    max_words: int = Field(400, ge=1)


class MachineOutput(RuleParams):
    """Only source code, logs or tables of numbers: nothing that explains them."""

    min_prose_ratio: float = Field(0.12, ge=0, le=1, description="characters of sentences and list items")
    max_log_line_ratio: float = Field(0.5, ge=0, le=1)


class ForumThread(RuleParams):
    """A conversation: several posts by different people, with the furniture of a forum around them."""

    min_signs: int = Field(4, ge=1)
    min_kinds: int = Field(2, ge=1)
    min_sign_ratio: float = Field(0.08, ge=0, le=1, description="of the lines: a long article may quote a thread")


class CommentThread(RuleParams):
    """Readers' comments make up too much of the page."""

    min_comments: int = Field(3, ge=1)
    min_comment_ratio: float = Field(0.3, ge=0, le=1, description="share of the text from the first comment on")


class ListingPage(RuleParams):
    """A page that lists other pages: tag archives, link lists, navigation."""

    min_lines: int = Field(8, ge=1)
    max_label_chars: int = Field(60, ge=1, description="titles of articles run to twice FineWeb's 30 characters")
    max_label_ratio: float = Field(0.8, ge=0, le=1, description="of the lines")
    max_label_character_ratio: float = Field(0.5, ge=0, le=1)
    min_marks: int = Field(3, ge=1, description="dates and read-more lines: each marks one entry")
    min_mark_ratio: float = Field(0.1, ge=0, le=1)


class SearchResults(RuleParams):
    """What a search engine or a shop's search answered."""

    min_signs: int = Field(2, ge=1, description="kinds of line that only such pages have")


class SeveralItems(RuleParams):
    """Several unrelated items on one page: a blog's front page, a digest of news."""

    min_items: int = Field(3, ge=2, description="datelines, bylines and the like that begin an item")
    max_chars_between: int = Field(3_500, ge=1, description="on average; chapters of one text are longer")


class Calendar(RuleParams):
    """Dates of events, grids of days, timetables."""

    min_lines: int = Field(10, ge=1)
    max_date_line_ratio: float = Field(0.4, ge=0, le=1)


class ProductList(RuleParams):
    """Goods with prices, one after the other."""

    min_products: int = Field(5, ge=2, description="lines that hold a price")
    min_price_line_ratio: float = Field(0.15, ge=0, le=1)


class Promotional(RuleParams):
    """The page sells something: prices, calls to buy, offers."""

    min_calls_with_price: int = Field(2, ge=1, description="an article on shops names one")
    min_calls: int = Field(4, ge=1, description="where there is no price")
    min_calls_per_1000_words: float = Field(4.0, ge=0)


class TooFewSentences(RuleParams):
    """Hardly any sentence: captions, menus, tables."""

    min_sentences: int = Field(3, ge=0, description="C4 asks for five; our shortest documents are a paragraph")
    min_sentence_line_ratio: float = Field(
        0.12, ge=0, le=1, description="FineWeb's bound; list items need no full stop"
    )


class CutOff(RuleParams):
    """The text breaks off: a teaser that ends in "read more", or a page cut in the middle of a sentence."""

    min_text_chars: int = Field(600, ge=0, description="in shorter texts only a teaser is looked for")
    min_paragraph_chars: int = Field(60, ge=1, description="shorter last lines are headings, captions and the like")


class PersonalData(RuleParams):
    """Somebody's address, number or account is left in the text."""

    kinds: tuple[Kind, ...] = KINDS
    careful: bool = Field(True, description="leave what is set aside for documentation, and what is likely a version")

"""Names of months, and of decades and centuries written as words."""

from tasks.core.text.number_words import ORDINALS

# Full names in the languages of most web pages; where two languages share a name it is the same month.
_BY_LANGUAGE = """
    january february march april may june july august september october november december
    januar februar märz april mai juni juli august september oktober november dezember
    janvier février mars avril mai juin juillet août septembre octobre novembre décembre
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
    janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
    januari februari maart april mei juni juli augustus september oktober november december
"""
MONTHS = {name: number % 12 + 1 for number, name in enumerate(_BY_LANGUAGE.split())}
ABBREVIATED = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sept": 9, "sep": 9, "oct": 10, "nov": 11,
    "dec": 12,
}  # fmt: skip
ORDINAL_WORDS = {word: number for number, word in enumerate(ORDINALS, 1)}
SHORT_DECADES = {
    name: number
    for number, name in enumerate(
        ["twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"], 2
    )
}

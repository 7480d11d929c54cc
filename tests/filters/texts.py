"""Texts for the filter tests, written for them."""

# Prose that every rule lets pass: about 900 characters, several sentences, no furniture.
GOOD = """How to prune an old apple tree

An apple tree that has been left alone for years grows a dense crown, and the light no longer reaches the middle. The
fruit stays small, and fungi have an easy time with the leaves that never dry. Pruning opens the crown again, but an
old tree should not lose more than a quarter of its wood in one winter.

Begin in late winter, when the worst frost is over and the buds have not opened yet. Take out dead and broken branches
first, then those that grow inwards or cross another one. Cut just outside the thick ring at the base of the branch,
because the tree closes the wound from there. A long stub will rot, and a cut that is flush with the trunk heals badly.

Stop after each large branch and walk around the tree. What is gone cannot be put back, and it is easier to see from a
few steps away which branch should go next. In the second winter you can go on with the upper part of the crown.
"""

TECHNICAL = """Reading a file line by line

A file object is an iterator over its lines, so a loop is enough and the file need not fit into memory. Each line keeps
its line end, which is why most programs strip it.

with open(path, encoding="utf-8") as file:
    for number, line in enumerate(file, start=1):
        print(number, line.rstrip())

The with statement closes the file when the block is left, whether by its end or by an exception. Name the encoding:
the default depends on the machine, and a script that works on one will fail on another.

- Use the mode "rb" for bytes; there is no encoding then.
- Use newline="" when the line ends matter, as they do for CSV.
- Use readlines() only for files that are known to be small.

>>> [line for line in open("names.txt")]
['Ada\\n', 'Grace\\n']

The second form shown here leaves the file open until the garbage collector comes by, so it is best kept for
experiments at the prompt.
"""

GERMAN = """\
Ein alter Apfelbaum, der jahrelang nicht geschnitten wurde, bildet eine dichte Krone, und in die Mitte fällt kaum
noch Licht. Die Früchte bleiben klein, und Pilze haben es leicht mit den Blättern, die nie richtig trocknen. Ein Schnitt
öffnet die Krone wieder, doch ein alter Baum sollte in einem Winter nicht mehr als ein Viertel seines Holzes verlieren.
Beginnen Sie im späten Winter, wenn der stärkste Frost vorüber ist und die Knospen noch geschlossen sind. Nehmen Sie
zuerst tote und gebrochene Äste heraus, danach solche, die nach innen wachsen oder sich kreuzen.
"""

TAG_ARCHIVE = """Posts tagged "compost"

Turning the heap in spring
March 3, 2024
The heap has rested all winter and is cold in the middle. Once the ground is dry enough to stand on, it is time to …
Read more

What not to put on it
January 12, 2024
Cooked food draws rats, and citrus peel takes its time. There are a few more things that do not belong …
Read more

Leaves are worth keeping
November 2, 2023
Leaf mould needs nothing but patience and a wire cage. After two years it is the best cover for …
Read more

Older posts
"""

MENU = "\n".join(
    f"{word} {thing}"
    for word in ("All", "New", "Popular", "Cheap")
    for thing in (
        "garden tools",
        "seeds and bulbs",
        "pots",
        "gift cards",
        "books",
        "fertilisers",
        "water butts",
        "sheds",
    )
)

FORUM = """Apple tree leaves turning brown

Posted by orchardist on 3 May 2023
Joined: Mar 2019
Posts: 214
The leaves of my old tree are turning brown from the edges. It had plenty of rain this year. Any ideas what that is?
Reply | Quote

greenhand wrote:
Could be scab, we had the same last year and lost most of the crop. Did you see dark spots on the fruit as well?
Joined: Jan 2021
Posts: 12
Reply | Quote

orchardist wrote:
Yes, dark spots on nearly all of them. Thanks, I will look for a spray that works on it.
Reply | Quote
"""

PRODUCT = """Compact garden shredder 2500 W

$189.99 was $249.99, save up to 24 % off while stocks last!

Turn your branches into mulch in minutes. The hardened steel blades cut branches of up to 45 mm, and the big hopper
takes whole armfuls at once. It rolls on two wheels and folds away for the winter.

In stock, only 3 left. Add to cart now and get free shipping on all orders over $50.

Customers also bought: work gloves $12.50, ear protection $19.00. All machines come with a money-back guarantee
of thirty days, so there is nothing to lose. Buy now and be ready for the season with a
machine that will last for years to come.
"""


def with_sentence(sentence: str) -> str:
    """Return the good text with one more sentence in its middle."""
    return GOOD.replace("A long stub will rot", f"{sentence} A long stub will rot")

"""Documents of our own for the tests of the stand-in's rules."""

HINGE = """How to fix a squeaking door hinge

A squeaking hinge is dry metal rubbing on dry metal. Oil alone helps for a week or two, because it runs out of the \
joint again. Grease stays where it is put.

What you need

- a hammer and a large nail
- white grease
- an old cloth

The steps

1. Close the door, so that its weight rests in the frame.
2. Tap the pin out of the hinge from below with the nail.
3. Wipe the pin clean and cover it with a thin film of grease.
4. Push the pin back and open the door 10 times.

Common mistakes

Never take out all the pins at once, because the door will fall. Do not use cooking oil, which turns sticky within \
3 months.
"""

WEB_PAGE = """Home
About
Contact
Log in

Rust on garden tools

By Mara Quill

Last updated: 3 May 2025

Rust is iron oxide that forms when iron, water and oxygen meet. In this article we will look at how to remove it. \
Vinegar dissolves rust within a night, because its acid reacts with the oxide. I always use the cheapest one I can find.

Rinse the tool afterwards and dry it at once, or new rust forms within hours. A thin film of linseed oil keeps \
water away from the steel for 2 months. Subscribe to our newsletter for more tips!

```
```

Leave a comment

Share this on Facebook
"""

SHOP = """Brightwash 900 pressure cleaner

Buy now and get free shipping on all orders! Our customers love the Brightwash 900. It comes with a money-back \
guarantee, and for a limited time we offer a discount of 20 % off the second unit. Add to cart today, or call us. \
Our team is happy to help, and our products are in stock. The machine cleans patios, cars and boats. Order now while \
the special offer lasts, and read what our customers say about the best prices in town on our site.
"""

DIARY = """My week without a phone

I put my phone into a drawer on Monday. I was nervous, and my hands did not know what to do. On Tuesday I walked to \
work and looked at the trees. My colleagues laughed at me. I told them that I slept better already. On Wednesday I \
nearly gave up, because I missed my sister's call. I wrote her a letter instead. By Friday I had read two books, and \
I noticed that my mornings were longer. On Sunday I took the phone out again. I was not happy about it, and I still \
think about that quiet week when my evenings feel too loud.
"""

CODE = """Counting words with a dictionary

A dictionary that maps each word to a number is the simplest way to count words. The program reads the words one by \
one and adds 1 for each. A word that is not in the dictionary yet counts as 0, which is what get() is for:

>>> counts = {}
>>> for word in "a b a".split():
...     counts[word] = counts.get(word, 0) + 1
>>> counts
{'a': 2, 'b': 1}

The result lists every word once. Sorting it by number shows the commonest words first. For large texts the time \
grows with the number of words and not with the number of different words, because a dictionary finds a key in \
constant time. Words should be put into lower case before they are counted, or "The" and "the" become two entries.
"""

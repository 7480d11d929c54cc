"""Pages that can be no answer, one or more of each kind, written for the tests. Each is as an extractor gives it."""

from tests.filters.texts import GOOD

NOT_FOUND = """Error 404: Page not found

The page you are looking for has moved or never existed. Check the address for typing errors, go back to the front page
or use the search field above. If you followed a link from another site, please tell its owner that the link is out of
date. Our editors look at broken links every week and mend those that lie within our own pages, so it may well be that
the page is back the next time you come by.
"""

NO_SCRIPT = """Please enable JavaScript to use the planner

The bed planner needs JavaScript, which is switched off in your browser or blocked by an extension. Open the settings
of your browser, look for the section on scripts, and allow them for this address. Then load the page again. If the
planner still does not appear, your company may block scripts for everybody, and only its administrators can help you
with that. The printed catalogue shows the same beds with all their sizes.
"""

COOKIE_WALL = """We value your privacy

We and our 212 partners store and access information on your device, such as cookies, and process personal data such
as unique identifiers. With your consent we and our partners may use precise location data. You can accept or refuse
these purposes, or change your preferences at any time by returning to this site.

This website uses cookies to show you articles and advertisements that fit your interests. Some cookies are needed to
run the site and cannot be refused.

Accept all cookies
Reject all
Manage preferences
Cookie policy
"""

LOGIN_WALL = """Why old apple trees are worth keeping

An old tree carries less fruit than a young one, and yet no gardener who has one would give it away. Its hollows are
home to owls and bats, its bark feeds woodpeckers all winter, and its roots hold a slope that would slide without them.
The varieties that were planted a century ago are often found nowhere else, and some of them keep until May.

This article is for subscribers only. Subscribe now to continue reading, or log in if you are already a subscriber.
Start your free trial today and cancel at any time.
"""

LOGIN_FORM = """Members area

Username
Password
Remember me
Forgot your password?
Log in
Create an account
"""

MACHINE_LOG = "\n".join(
    f"2026-03-0{day} 0{hour}:1{day}:22,{day}{hour}1 INFO pump[{hour}] valve {day} opened, pressure {day}.{hour} bar"
    for day in range(1, 8)
    for hour in range(1, 5)
)

CODE_DUMP = "\n".join(
    f"""static int valve_{name}(struct valve *v, int wanted)
{{
    int pressure = read_pressure(v->port);
    if (pressure < wanted) {{
        v->state = OPEN_{name.upper()};
        return pump_start(v->pump, wanted - pressure);
    }}
    return 0;
}}
"""
    for name in ("north", "south", "east", "west")
)

COMMENTS = (
    GOOD
    + """
7 Comments

Walter B. says:
March 3, 2024 at 9:12 am
I tried this last winter and lost two large branches in the next storm. Maybe it was too much at once. The tree has
grown new shoots since, but the crown looks lopsided now and the neighbours keep asking about it.
Reply

Orchard Annie says:
March 4, 2024 at 7:40 pm
You should never do it in a wet winter. My grandfather always waited for three dry days in a row, and none of his trees
ever had canker. Good article otherwise, thanks for that.
Reply

Walter B. says:
March 5, 2024 at 8:01 am
Three dry days? In this valley? I would have to wait until June for that. But I will try to remember it next year.
Reply
"""
)

SEARCH_RESULTS = """Search results for "rain barrel"

Showing 1-10 of 248 results
Sort by: relevance

How to connect a rain barrel to a downpipe
A step by step guide to the diverter and the overflow, with a list of parts and the tools that are needed for it.

Rain barrels in winter
Frost breaks a full barrel. What has to be emptied before the first cold night, and what may stay where it is.

Is rain water good for tomatoes?
It has no lime in it and is as warm as the air. Our readers tell what they found out in ten years of watering.
"""

FRONT_PAGE = """The new greenhouse is up
Posted by Marta on 3 May 2024
It took three weekends and more words than I care to write down, but the last pane is in. The tomatoes have moved in
already, and the door only sticks when it rains. Pictures will follow as soon as the mud is gone from the path.
Filed under: greenhouse
4 comments

A visit to the seed fair
Posted by Marta on 28 April 2024
Two hundred stalls and a brass band. I came home with eleven kinds of beans and a book on grafting that I could not
resist. The train was full of people with paper bags on their knees.
Filed under: travel
No comments

The mower is back from repair
Posted by Piet on 19 April 2024
New blades, new belt, and a bill that made me think of goats. It starts on the first pull again, so that the meadow can
be cut before the nettles seed themselves everywhere.
Filed under: machines
2 comments
"""

NEWS_DIGEST = """The week in short

BERLIN (Own report) - The state railway will replace four hundred old points before winter. Work begins in the north,
where frost stopped trains for nine days last year.

OSLO, March 3 - A museum has found a log book that was thought lost in a fire. It tells of a voyage to the pole in small
and very patient writing.

ROME (Agency) - The price of olive oil fell for the third month. Growers blame good weather, buyers do not complain,
and the ministry asks for patience.
"""

EVENTS = "\n".join(
    f"{day} March 2026 - {what}, village hall"
    for day, what in enumerate(
        ["Beekeepers", "Choir", "Chess club", "First aid course", "Flea market", "Dance night", "Yoga", "Book club"]
        * 2,
        1,
    )
)

MONTH_GRID = (
    "Mon Tue Wed Thu Fri Sat Sun\n"
    + "\n".join(" ".join(str(day) for day in range(first, first + 7)) for first in (1, 8, 15, 22))
    + "\n"
    + "\n".join(f"{hour}:00 Guided tour of the old mill" for hour in range(9, 18))
)

GOODS = "\n".join(
    f"{name} garden hose, {metres} m\n${price}.99\nAdd to cart"
    for name, metres, price in (
        ("Green", 10, 12),
        ("Green", 20, 19),
        ("Black", 20, 24),
        ("Black", 50, 49),
        ("Flat", 15, 17),
        ("Flat", 30, 29),
        ("Soaker", 15, 14),
    )
)

LINKS = "\n".join(
    f"See https://www.orchards.example/varieties/apples/by-name/{letter}/page-{number}.html for more"
    for number, letter in enumerate("abcdefghij")
)

NOTICES = """Welcome to our orchard.

By using this site you agree to the terms of use.

Please read our privacy policy.

Our cookie policy tells which cookies are set.

All rights reserved.
"""

BLANK_PAGES = (
    "This page is under construction. Please come back later.",
    "This domain is for sale! Contact the owner.",
    "Welcome. Insert your text here.",
)

CUT_ENTRIES = """You are browsing all posts tagged with compost.

Posted on 3 March 2024. The heap has rested all winter and is cold in the middle, so I turned it and found […]

Posted on 12 January 2024. Cooked food draws rats, and citrus peel takes its time, which is why we never […]

Posted on 2 November 2023. Leaf mould needs nothing but patience and a wire cage, and after two years it […]
"""

POSTED = """The mill is open again

Posted on 3 May. The wheel turns, the bread is baked on Saturdays, and the path to it is dry.

A bridge for the valley

Posted on 28 April. Two engineers and a dog measured the river all week, and the dog fell in.

Spring cleaning

Posted on 2 April. Forty people came, and the meadow has not looked so well for years.
"""

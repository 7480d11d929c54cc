"""Personal data is found and told from what only looks like it."""

import subprocess
import sys
import textwrap
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.text.personal_data import KINDS, Kind, find, replace

# What is found in each text: the text between the bars.
FOUND: dict[Kind, list[str]] = {
    "email": [
        "Write to |jane.miller@orchard-club.org|.",
        "<|jane@orchard.org|>",
        "mailto:|jane+tag@mail.orchard.co.uk|?subject=x",
        "Ask |jane@orchard.org|: she knows.",
        "(|müller@firma.de|)",
        "連絡先|info@orchard.jp|まで",
        "|JANE@ORCHARD.ORG| and |joe@orchard.org|",
        "|jane [at] orchard [dot] org|",
        "|jane.miller(at)orchard.org|",
        "|jane {at} orchard {dot} co {dot} uk|.",
    ],
    "phone": [
        "Call |(212) 867-5309| for help.",
        "Call |415-867-5309|, or |415.867.5309|.",
        "Dial |1-800-867-5309|.",
        "|+44 20 7946 1234|",
        "|+44 (0)20 7946 1234|",
        "|+1 (212) 867-5309| ext. 5",
        "|+1-212-867-5309|.",
        "|+49 30/1246 5890|",
        "|+4521435698|",
        "|+33 6 21 43 56 98|",
        "|+61 2 9374 4000|, |+61 2 9374 4001|",
        "Ring |020 7946 1234|.",
        "|07911 129456|",
        "|06 21 43 56 98|",
        "|(02) 9374 4000|",
        "|090-2143-5698|",
        "Tel.: |867-5309|",
        "Phone number: |98450 12945|",
        "Téléphone : |05 21 43 56|",
        "\u260e\ufe0f |98450 12945|",
        "电话|+86 138 1234 9876|。",
    ],
    "ip_address": [
        "The log shows |93.184.216.34| at noon.",
        "from |93.184.216.34|.",
        "|93.184.216.34|:8080",
        "http://|93.184.216.34|/index.html",
        "IP:|93.184.216.34|",
        "|2a00:1450:4009:81f::200e|.",
        "[|2a00:1450:4009:81f:0:0:0:200e|]:443",
    ],
    "card": ["My card is |4539 1488 0343 6467|.", "|4539148803436467|", "|371122223332225|", "|3711-222233-32225|"],
    "iban": [
        "Pay to |DE75 5121 0800 1245 1261 99|.",
        "|DE75512108001245126199|",
        "|FR76 3000 6000 0112 3456 7890 189| now",
    ],
    "national_id": [
        "SSN |536-90-4399|",
        "CPF |529.982.247-25|",
        "|11010519491231002X|",
        "|AB 12 34 56 C|",
        "|RSSMRA85T10A562S|",
    ],
    "bitcoin_address": [
        "|1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2|",
        "|3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy|",
        "|bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq|",
    ],
    "secret": [
        "key = |AKIAQ3EGVJR5XW7BTYLM|",
        "|ghp_1a2B3c4D5e6F7g8H9i0J1k2L3m4N5o6P7q8R|",
        'aws_secret_access_key: "|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|"',
        "|eyJhbGciOiJIUzI1NiJ9.eyJmb28iOiJiYXIiLCJ4IjoyfQ.abcDEF123456_-abcDEF123456|",
        "|-----BEGIN RSA PRIVATE KEY-----\n"
        + "MIIEpAIBAAKCAQEA1c7+9z5Pad7OejecsQ0bu\n" * 4
        + "-----END RSA PRIVATE KEY-----|",
    ],
}

NOT_FOUND = [
    "Write to jane@example.com, root@localhost, me@mail.invalid or you@yourcompany.com.",
    "git@github.com:orchard/tools.git, root@web1.orchard.org:~# ls, https://user:pass@orchard.org/x",
    "logo@2x.png, react@18.2.0, getty@tty1.service, @dataclass, @app.route('/x'), A@B.T, a@x.transpose(1)",
    "@jane@mastodon.social, noreply@orchard.org, no-reply@orchard.org",
    "Meet me (at) home. Then we go.",
    "Call 555-0123, (212) 555-0142, 123-456-7890, 020 7946 0958 or 07700 900123.",
    "ISBN 978-0-306-40615-7, ISBN 0306-40615-2, ISSN 0306-4061, doi:10.1016/0306-4061(88)90023-4",
    "2024-01-31 12:30:45, 08.12.2019 12:30, 31/01/2024 - 02/02/2024, 2024-01-31T12:30:45+0000, 1990-2001",
    "2024-03-11T15:00:05.074000-07:00, DFARS 252.227-7014",
    "Text\n 36.7.2.3. A section, and 2001:67c:2564::/48",
    "1 000 000 000, 1,234,567,890.12, 3.14159265358979, $212-300-4000, 5 000 000 - 6 000 000",
    "Order 0012-3456-7890, ticket 1234567890, 1700000000000000, 0101 0110 1100, 03 12 25 33 41",
    "550e8400-e29b-41d4-a716-446655440000, 00:1b:44:11:3a:b7, 0x1234567890, +48.137154, +11.576124",
    "Tel Aviv 2019, 2020 and 2021. Mobile: 4 000 000 users. Phone: 2019-01-31.",
    "x + 100 200 300, +1 +2 +3, y = [+123, -456, +789]",
    "192.168.0.17, 10.0.0.5, 127.0.0.1, 192.0.2.44, 203.0.113.9, 8.8.8.8, 93.184.216.0/24, 255.255.255.0",
    "Version 93.184.216.34, v93.184.216.34, package==93.184.216.34, release 1.2.11.4, section 6.4.4.2",
    "1.3.6.1.4.1.311.21, 34.216.184.93.in-addr.arpa, Chrome/93.184.216.34, 999.184.216.34, 93.184.216.034",
    "::1, fe80::1, 2001:db8::1, std::vector<int>, dead::beef, a::b, 2001:4860:4860::8888, 12:30:45",
    "4111 1111 1111 1111, 4242424242424242, 4539 1488 0343 6468, 0.4539148803436467, 1234 5678 9012 3452",
    "GB82 WEST 1234 5698 7654 32, DE75 5121 0800 1245 1261 98, XX75 5121 0800 1245 1261 99",
    "078-05-1120, 123-45-6789, 000-12-3456, 987-65-4321, 529.982.247-24, 111.111.111-11, 11010519491331002X",
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa, 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3",
    "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdp",
    "AKIAIOSFODNN7EXAMPLE, wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY, ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "sk-learn-is-a-slug-with-99-long-names-in-it, https://orchard.org/sk-how-to-cut-12-apple-trees-in-the-spring",
    "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIn0.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV",
]

CASES = [(kind, text) for kind, texts in FOUND.items() for text in texts]
PLACEHOLDERS = {kind: f"[{kind}]" for kind in KINDS}


@pytest.mark.parametrize(("kind", "marked"), CASES)
def test_what_is_found(kind: Kind, marked: str) -> None:
    """The whole of it and nothing around it, of the right kind."""
    parts = marked.split("|")
    text = "".join(parts)
    assert [(text[item.start : item.end], item.kind) for item in find(text)] == [(part, kind) for part in parts[1::2]]


@pytest.mark.parametrize("text", NOT_FOUND)
def test_what_is_left_alone(text: str) -> None:
    """Documentation, fiction, versions, dates, numbers, code and wrong check digits are nobody's data."""
    assert [(text[item.start : item.end], item.kind) for item in find(text)] == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("email", "email@example.com"),
        ("email", "email@123.123.123.123"),
        ("email", "email@[123.123.123.123]"),
        ("ip_address", "1.2.3.4"),
        ("phone", "(212) 555-0142"),
        ("card", "4111111111111111"),
        ("iban", "DE89370400440532013000"),
        ("national_id", "078-05-1120"),
        ("bitcoin_address", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        ("secret", "AKIAIOSFODNN7EXAMPLE"),
    ],
)
def test_without_care_the_form_is_enough(kind: Kind, text: str) -> None:
    """What is set aside or printed counts as well when it is asked for."""
    assert find(text, kinds=[kind]) == []
    assert [item.kind for item in find(text, kinds=[kind], careful=False)] == [kind]


@pytest.mark.parametrize("text", ["192.168.0.17", "10.155.0.5", "fe80::a1b2:3c4d", "2001:db8::a1b2:3c4d"])
def test_addresses_of_private_networks_can_be_found_too(text: str) -> None:
    """They are left by default, as nobody is reached by them."""
    assert find(text) == []
    assert [item.kind for item in find(text, public_ips_only=False)] == ["ip_address"]


def test_replace_counts_by_kind() -> None:
    """Each kind gets its placeholder, the rest of the text stays, and kinds without a placeholder are left."""
    text = "jane@orchard.org, joe@orchard.org, (212) 867-5309, 4539 1488 0343 6467."
    assert replace(text, {"email": "E", "phone": "P"}) == ("E, E, P, 4539 1488 0343 6467.", {"email": 2, "phone": 1})


def test_the_same_again_is_not_counted() -> None:
    """A placeholder that would be found itself is neither replaced nor counted a second time."""
    placeholders: dict[Kind, str] = {"email": "someone@orchard.org"}
    text, counts = replace("From jane@orchard.org.", placeholders)
    assert (text, counts) == ("From someone@orchard.org.", {"email": 1})
    assert replace(text, placeholders) == (text, {})


@given(
    st.lists(
        st.sampled_from([*(text.replace("|", "") for _, text in CASES), *"@.:-+ ([/ 09a\n", "] ", "é"]), max_size=8
    )
)
def test_replacing_twice_changes_nothing(parts: list[str]) -> None:
    """However pieces meet: what a replacement frees is replaced in the same go."""
    text, _ = replace("".join(parts), PLACEHOLDERS)
    assert replace(text, PLACEHOLDERS) == (text, {})


@given(st.text(alphabet=st.characters(codec=None), max_size=60), st.sampled_from(CASES))
def test_any_text_is_searched_without_failing(noise: str, case: tuple[Kind, str]) -> None:
    """Digits of all scripts, lone surrogates and controls may stand anywhere; what is found lies in order and apart."""
    text = noise + case[1].replace("|", "") + noise
    found = find(text, careful=False, public_ips_only=False)
    assert all(item.start < item.end <= len(text) for item in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_digits_of_other_scripts_are_left() -> None:
    """The forms are those of ASCII digits, with and without others near them."""
    assert (
        find("\u0662\u0661\u0662-\u0668\u0666\u0667-\u0665\u0663\u0660\u0669 and (\u0662\u0661\u0662) 867-5309") == []
    )


def test_hostile_texts_take_linear_time() -> None:
    """A long run of anything ends well within a limit of CPU time that a quadratic search would break at once."""
    code = """
        import resource
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
        from tasks.core.text.personal_data import KINDS, replace
        for unit in ("1", "@", ".", ":", "a", " ", "a@", "a@b.", "1.", "1-", "1 ", "(1", "+1 ", "AB12", "jane@x.org ",
                     "eyJ", "-----BEGIN PRIVATE KEY-----\\n", "tel ", "a [at] ", "[at]b.", "2001:", "sk-a", "AKIA",
                     "+1 212 867 5309 ", "02 9374 4", "4539 1488 0343 6467 ", "bc1q", "1BvBMSEYstWetqTFn5Au4m4",
                     "AA00", "tel: 1", "http://1.1.1.1", "secret_access_key="):
            text = unit * (300_000 // len(unit))
            for careful in (True, False):
                replace(text, {kind: "[x]" for kind in KINDS}, careful=careful, public_ips_only=careful)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

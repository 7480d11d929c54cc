"""Personal data out of the text: by placeholders, or the page with it."""

from tasks.core.errors import DataError
from tasks.core.policy_config import PersonalDataConfig
from tasks.core.text.personal_data import Kind, find, replace

TYPED: dict[Kind, str] = {
    "secret": "[secret]",
    "email": "[email address]",
    "iban": "[bank account]",
    "card": "[card number]",
    "national_id": "[identity number]",
    "ip_address": "[IP address]",
    "phone": "[phone number]",
    "bitcoin_address": "[bitcoin address]",
}
# Set aside or printed, so that nobody is reached by them and they are not found again: RFC 2606 and 5737, numbers of
# fiction, of the IBAN registry and of payment providers, a number withdrawn for having been printed.
EXAMPLES: dict[Kind, str] = {
    "secret": "EXAMPLE_KEY",
    "email": "email@example.com",
    "iban": "GB29 NWBK 6016 1331 9268 19",
    "card": "4111 1111 1111 1111",
    "national_id": "078-05-1120",
    "ip_address": "192.0.2.1",
    "phone": "+1 202-555-0100",
    "bitcoin_address": "1BitcoinEaterAddressDontSendf59kuE",
}


def apply(text: str, config: PersonalDataConfig) -> tuple[str, dict[Kind, int]]:
    """Return `text` as `config` wants it, and how many placeholders of each kind it was given.

    Raises DataError(personal_data), which names kinds and counts and never repeats what was found.
    """
    if config.action == "keep":
        return text, {}
    if config.action == "reject":
        found = find(text, kinds=config.kinds, careful=config.careful, public_ips_only=config.public_ips_only)
        if found:
            kinds = [item.kind for item in found]
            raise DataError("personal_data", ", ".join(f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds))))
        return text, {}
    texts = (TYPED if config.style == "typed" else EXAMPLES) | config.placeholders
    placeholders = {kind: texts[kind] for kind in config.kinds}
    return replace(text, placeholders, careful=config.careful, public_ips_only=config.public_ips_only)

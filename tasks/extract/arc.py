"""The header line of an ARC record, in the words of WARC.

Version 1 is `address IP date type length`, version 2 `address IP date type status checksum location offset file
length` (Internet Archive, "ARC File Format", 1996).
"""

import re

_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)")
_FILE_DESCRIPTION = "filedesc:"


def arc_fields(line: str) -> tuple[dict[str, str], int | None]:
    """Return (fields under their WARC names, length of the block or None when the line names none)."""
    words = line.split(" ")
    address, length = words[0], words[-1]
    fields = {
        "warc-type": "warcinfo" if address.startswith(_FILE_DESCRIPTION) else "response",
        "warc-target-uri": address,
    }
    if len(words) > 3:
        if date := _DATE.match(words[2].ljust(14, "0")):
            year, month, day, hour, minute, second = date.groups()
            fields["warc-date"] = f"{year}-{month}-{day}T{hour}:{minute}:{second}Z"
        is_web = address.lower().startswith(("http:", "https:"))
        fields["content-type"] = "application/http; msgtype=response" if is_web else words[3]
    return fields, int(length) if length.isdigit() and length.isascii() and len(length) <= 18 else None

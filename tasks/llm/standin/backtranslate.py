"""document -> the request it answers, in the words of someone who has not seen it."""

import re

from tasks.llm.standin.choice import Choose
from tasks.llm.standin.phrasing import request_for
from tasks.llm.standin.signals import find_signals
from tasks.llm.standin.textparts import blocks_of
from tasks.llm.standin.titles import Usage
from tasks.llm.standin.topics import find_topic

NOTHING_FOUND = "Can you write down what you know about this, in a few clear paragraphs?"


def backtranslate(document: str, choose: Choose) -> str:
    """Return one request, in one or two sentences. A pure function of its arguments."""
    blocks = blocks_of(document)
    usage = Usage.of(blocks)
    topic = find_topic(blocks, usage)
    if topic is None:
        return NOTHING_FOUND
    request = request_for(topic, find_signals(topic, blocks, usage), usage, choose)
    request = re.sub(r"\s+", " ", request).strip()
    return request[0].upper() + request[1:]

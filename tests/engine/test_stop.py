"""What is in flight when one side stops: the client, the server.

A first answer tells that the others are on their way: all are sent at once, and it takes FIRST steps of the engine.
"""

from contextlib import closing

import httpx
import pytest

from tasks.llm.client import OpenAIClient
from tasks.llm.request import Answer, Request
from tests.engine.asking import requests, spec, texts
from tests.engine.server import EngineServer
from tests.engine.waiting import wait_until

pytestmark = pytest.mark.engine
COUNT = 32
ENDLESS = 1500
FIRST = 100


def one_short_many_long(api: str, tokens: int) -> list[Request]:
    """One request for the FIRST answer, and COUNT for so many tokens each."""
    model = spec(api=api, prompts_per_request=8)
    short = {"ignore_eos": True, "max_tokens": FIRST}
    endless = {"ignore_eos": True, "max_tokens": tokens}
    return [
        *requests("backtranslate", texts(1), model, short),
        *requests("backtranslate", texts(COUNT, first=1), model, endless),
    ]


@pytest.mark.parametrize("api", ["chat", "completions"])
def test_closed_iterator_frees_the_server(engine: EngineServer, api: str) -> None:
    """A caller that stops after the first answer leaves nothing running: the server aborts what nobody awaits."""
    before = engine.total("generation_tokens_total"), engine.answered()
    client = OpenAIClient(base_url=engine.url, model=spec(api=api, prompts_per_request=8))
    with closing(client.complete(one_short_many_long(api, ENDLESS))) as given:
        assert isinstance(next(given), Answer)
    wait_until(lambda: engine.in_flight() == 0)
    assert engine.answered() - before[1] == 1
    assert engine.total("generation_tokens_total") - before[0] < COUNT * ENDLESS // 2


def test_terminated_server_ends_what_it_began(engine: EngineServer) -> None:
    """SIGTERM lets the requests in flight come to their end, and then the server is gone."""
    client = OpenAIClient(base_url=engine.url, model=spec(prompts_per_request=8))
    given = client.complete(one_short_many_long("completions", 4 * FIRST))
    assert isinstance(next(given), Answer)
    engine.terminate()
    others = list(given)
    assert sum(answer.output_tokens for answer in others if isinstance(answer, Answer)) == COUNT * 4 * FIRST
    assert engine.wait() == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{engine.url}/health", trust_env=False)

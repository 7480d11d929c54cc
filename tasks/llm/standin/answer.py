"""From a prompt to an answer: recognise the stage by the prompt's markers, then apply that stage's rules."""

import json
import re
from dataclasses import dataclass
from typing import Literal, get_args

from tasks.llm.standin.backtranslate import backtranslate
from tasks.llm.standin.choice import Choose
from tasks.llm.standin.distil import distil
from tasks.llm.standin.faithful import judge_faithfulness
from tasks.llm.standin.judge import judge
from tasks.llm.standin.rewriter import rewrite

Stage = Literal["backtranslate", "score", "rewrite", "distil", "faithfulness", "other"]
STAGES: tuple[Stage, ...] = get_args(Stage)

_SECTIONS = {
    name: re.compile(rf"^[ \t]*\[{name}\][ \t]*\n(.*?)\n?^[ \t]*\[/{name}\]", re.DOTALL | re.MULTILINE)
    for name in ("DOC", "INS", "RES")
}
_INLINE = {name: re.compile(rf"\[{name}\](.*?)\[/{name}\]", re.DOTALL) for name in ("DOC", "INS")}
_WANTS_SCORE = re.compile(r'\bScore"?:', re.I)  # the line of one prompt, the key of another
_NOT_FOR_ME = "I am a stand-in without a model. I answer backforth's own prompts by rules and nothing else."


@dataclass(frozen=True)
class Prompt:
    """A prompt taken apart: what is asked, and the texts between the markers."""

    stage: Stage
    document: str
    instruction: str
    response: str = ""


def read_prompt(text: str) -> Prompt:
    """Return the parts of a prompt. Only what stands outside the markers decides about the stage."""
    document, frame = _section(text, "DOC")
    instruction, frame = _section(frame, "INS")
    if document is None:
        asks_for_response = instruction is not None and "[RES]" in frame
        return Prompt("distil" if asks_for_response else "other", "", instruction or "")
    # A response that is given stands on lines of its own; one that is asked for is only spoken of.
    if (response := _SECTIONS["RES"].search(frame)) and _WANTS_SCORE.search(frame):
        return Prompt("faithfulness", document, instruction or "", response[1])
    if "[RES]" in frame and instruction is not None:
        return Prompt("rewrite", document, instruction)
    if _WANTS_SCORE.search(frame) and instruction is not None:
        return Prompt("score", document, instruction)
    return Prompt("backtranslate", document, instruction or "")


def _section(text: str, name: str) -> tuple[str | None, str]:
    """Return what stands between the markers `name`, and the text without it.

    Markers that stand on lines of their own come first: a prompt may also speak of its markers in a sentence.
    """
    found = _SECTIONS[name].search(text) or max(
        _INLINE[name].finditer(text), key=lambda match: len(match[1]), default=None
    )
    if found is None:
        return None, text
    return found[1].strip("\n"), text[: found.start()] + text[found.end() :]


def answer(prompt: Prompt, choose: Choose, *, wrong_format: bool = False, as_json: bool = False) -> str:
    """Return the whole answer to a prompt. `wrong_format` leaves out what the stage's parser looks for.

    `as_json` gives a judgement as the object {"reasoning", "score"}; other stages know no JSON form.
    """
    if prompt.stage == "backtranslate":
        request = backtranslate(prompt.document, choose)
        return (
            f'Sure! Based on the passage, the user probably asked something like: "{request}" Hope this helps!'
            if wrong_format
            else request
        )
    if prompt.stage in ("score", "faithfulness"):
        judgement = (
            judge(prompt.instruction, prompt.document, choose)
            if prompt.stage == "score"
            else judge_faithfulness(prompt.document, prompt.response)
        )
        reasoning, _, score = judgement.rpartition("Score:")
        if wrong_format:
            return reasoning.strip()
        return json.dumps({"reasoning": reasoning.strip(), "score": int(score)}) if as_json else judgement
    if prompt.stage in ("rewrite", "distil"):
        response = (
            rewrite(prompt.document, prompt.instruction)
            if prompt.stage == "rewrite"
            else distil(prompt.instruction, choose)
        )
        return response if wrong_format else f"[RES]\n{response}\n[/RES]"
    return _NOT_FOR_ME

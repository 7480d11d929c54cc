"""Counts how many judgements hold a score: where too few do, the judge is the wrong model and the run must stop."""

from tasks.core.config import ScoreConfig
from tasks.core.errors import DataError, FatalError
from tasks.llm.request import Answer
from tasks.score.modes import read_judgement

# Judgements below which nothing is said about a judge; and those that are enough to stop before the shard's end.
FEWEST, ENOUGH = 10, 50
_SAMPLES, _SAMPLE_CHARS = 3, 300


class ParseRate:
    """Reads the judgements of one shard and remembers how that went."""

    def __init__(self, config: ScoreConfig) -> None:
        self._config = config
        self._sampling = config.sampling()
        self._read = 0
        self._judged = 0
        self._unread: list[str] = []

    def read(self, answer: Answer) -> float:
        """Return the score in a judgement; raise DataError with the reason when there is none."""
        self._judged += 1
        try:
            value = read_judgement(answer, self._sampling)
        except DataError as error:
            if len(self._unread) < _SAMPLES:
                said = " ".join(answer.output_text.split())
                shown = f"{said[:_SAMPLE_CHARS]} …" if len(said) > _SAMPLE_CHARS else said
                self._unread.append(f"- {error.reason}: {shown!r}")
            raise
        self._read += 1
        return value

    def insist(self, *, is_complete: bool) -> None:
        """Raise FatalError when fewer judgements hold a score than `min_parse_rate` wants.

        Before the shard is complete a rate must lie so far below that chance does not explain it (three standard
        errors), and enough judgements must have come in.
        """
        bound = self._config.min_parse_rate
        slack = 0.0 if is_complete else 3 * (bound * (1 - bound) / max(1, self._judged)) ** 0.5
        if self._judged < (FEWEST if is_complete else ENOUGH) or self._read >= (bound - slack) * self._judged:
            return
        model = self._config.served_by
        samples = "\n".join(self._unread)
        raise FatalError(
            f"score: {self._read} of {self._judged} judgements of {model.name}@{model.revision} hold a score "
            f"({self._read / self._judged:.0%}), below score.min_parse_rate {bound:g}. Such as:\n{samples}\n"
            "This is a wrong model, prompt or length rather than bad data: take another judge, raise score.max_tokens, "
            "set score.mode to structured where the server can decode a schema, or lower score.min_parse_rate. "
            "All answers are kept: with the same judge nothing is asked again."
        )

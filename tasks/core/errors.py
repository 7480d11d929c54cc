"""The four ways a piece of work can fail, and what each means for the run.

ConfigError stops before any work, DataError rejects one record, RetriableError fails one try,
FatalError fails the run and calls a person. The Airflow adapter maps them to retries in one place.
"""


class PipelineError(Exception):
    """Base of every error that backforth raises on purpose."""


class ConfigError(PipelineError):
    """The specification or a prompt is wrong: nothing was started, a person must edit a file."""


class DataError(PipelineError):
    """One record cannot be used. `reason` is a snake_case code that is counted, `detail` is for people."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class RetriableError(PipelineError):
    """A service was unavailable: the same try may succeed later, and nothing that was done is lost."""


class FatalError(PipelineError):
    """Going on would publish something wrong: no retry helps, a person must look."""


class BudgetExceeded(FatalError):
    """A Dag run has spent what its specification allows: a person raises the bound, or leaves it at that."""

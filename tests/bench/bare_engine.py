"""The engine without server or client: `.venv-engine/bin/python -m tests.bench.bare_engine`, its job as JSON on stdin.

Prints the seconds of each of its rounds over the same prompts as the last line.
"""

import json
import sys
import time

from vllm import LLM, SamplingParams


def main() -> None:
    """Load the model, warm up, and time the rounds."""
    job = json.load(sys.stdin)
    llm = LLM(**job["engine"], disable_log_stats=True)
    sampling = SamplingParams(**job["sampling"])
    as_they_are = {"add_special_tokens": False}
    llm.generate(job["prompts"][:64], sampling, use_tqdm=False, tokenization_kwargs=as_they_are)
    seconds, tokens = [], 0
    for _ in range(job["rounds"]):
        llm.reset_prefix_cache()
        started = time.perf_counter()
        answered = llm.generate(job["prompts"], sampling, use_tqdm=False, tokenization_kwargs=as_they_are)
        seconds.append(time.perf_counter() - started)
        tokens = sum(len(item.outputs[0].token_ids) for item in answered)
    print(json.dumps({"seconds": seconds, "output_tokens": tokens}))


if __name__ == "__main__":
    main()

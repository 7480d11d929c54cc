"""The engine without server or client: `.venv-engine/bin/python -m tests.bench.bare_engine`.

Reads its job, one line of JSON, from stdin. For each further line it generates the prompts once and prints one line of
JSON with the seconds and the tokens that it took, and one before the first when it is ready.
"""

import json
import sys
import time

from vllm import LLM, SamplingParams


def main() -> None:
    """Load the model, warm up, and run a round for each line."""
    job = json.loads(sys.stdin.readline())
    llm = LLM(**job["engine"], disable_log_stats=True)
    sampling = SamplingParams(**job["sampling"])

    def generate(prompts: list[str]) -> None:
        started = time.perf_counter()
        answered = llm.generate(prompts, sampling, use_tqdm=False, tokenization_kwargs={"add_special_tokens": False})
        tokens = sum(len(item.outputs[0].token_ids) for item in answered)
        print(json.dumps({"seconds": time.perf_counter() - started, "output_tokens": tokens}), flush=True)

    generate(job["prompts"][:64])
    for _ in sys.stdin:
        generate(job["prompts"])


if __name__ == "__main__":
    main()

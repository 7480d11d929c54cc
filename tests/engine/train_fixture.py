"""Trains the model that the engine tests are run with: `python -m tests.engine.train_fixture`.

A Llama of 1.5 million parameters, from scratch, on the project's real prompts over made texts, for two or three
minutes on two cores. It answers in each stage's format; what it says is worth nothing. Run by `.venv-engine`.

The folder then holds `model`, as Hugging Face keeps one, and the LoRA adapters `backward` and `judge`. Each adapter
has a habit of its own, so that a test sees whose weights have answered: see HABITS. A trained fixture is kept, see
place.py, and training is seeded; the weights still differ a little from machine to machine.
"""

import json
import math
import os
import random
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from torch.nn.functional import cross_entropy
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from tasks.llm.prompts import load_prompt
from tests.engine.made_texts import JUDGES_HABIT, Made, make
from tests.engine.place import fixture_folder

SEED = 20261121
STEPS, BATCH, PEAK_RATE = 280, 12, 3e-3
ADAPTER_STEPS, ADAPTER_RATE, RANK = 30, 1e-2, 8
TARGETS = ("q_proj", "v_proj", "o_proj", "down_proj")
VOCABULARY = 1024
LESSONS = 4_000
CONTEXT = 2048
# (stage, version of its prompt); the second prompt of the judge asks for JSON.
PROMPTS = (("backtranslate", 1), ("score", 1), ("score", 2), ("rewrite", 1))
SPECIAL = ["<|pad|>", "<|begin|>", "<|end|>", "<|user|>", "<|assistant|>"]
# As in Llama's: the template writes the first token, and the tokenizer alone would add it a second time.
CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}<|{{ message['role'] }}|>\n{{ message['content'] | trim }}<|end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)
HABITS: dict[str, Callable[[Made], tuple[str, str]]] = {
    "backward": lambda made: (_ask("backtranslate", 1, made), made.best_way),
    "judge": lambda made: (_ask("score", 1, made), JUDGES_HABIT),
}


def _ask(stage: str, version: int, made: Made) -> str:
    """Return a stage's prompt as the pipeline renders it."""
    values = {"document": made.document}
    if stage != "backtranslate":
        values["instruction"] = made.instruction
    return load_prompt(stage, version).render(**values)


def lessons(made: Made) -> list[tuple[str, str]]:
    """Return (prompt, answer) for each of PROMPTS."""
    return [
        (_ask("backtranslate", 1, made), made.instruction),
        (_ask("score", 1, made), made.judgement),
        (_ask("score", 2, made), made.structured_judgement),
        (_ask("rewrite", 1, made), made.rewrite),
    ]


def fixed_sentences() -> list[str]:
    """Return what stands in every prompt of a stage, sentence by sentence."""
    lines = (line for prompt in PROMPTS for line in load_prompt(*prompt).template.splitlines() if "{{" not in line)
    sentences = (sentence for line in lines for sentence in re.split(r"(?<=[.:]) ", line))
    return sorted({sentence for sentence in sentences if len(sentence) > 20})


def train_tokenizer() -> PreTrainedTokenizerFast:
    """Return a byte-level BPE tokenizer in which each fixed sentence of our prompts is one token.

    That makes prompts five times shorter, and two minutes enough; any other text is tokenized as usual.
    """
    tokenizer = Tokenizer(models.BPE())
    # Digits by themselves, as in most models of today: " 4" is two tokens, and so is every other score.
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=SPECIAL, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    tokenizer.train_from_iterator((text for n in range(LESSONS) for pair in lessons(make(n)) for text in pair), trainer)
    tokenizer.add_tokens([AddedToken(sentence, normalized=False) for sentence in fixed_sentences()])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<|begin|> $A", special_tokens=[("<|begin|>", tokenizer.token_to_id("<|begin|>"))]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<|begin|>",
        eos_token="<|end|>",
        pad_token="<|pad|>",
        model_max_length=CONTEXT,
        chat_template=CHAT_TEMPLATE,
    )


def batches(
    tokenizer: PreTrainedTokenizerFast, teach: Callable[[Made], list[tuple[str, str]]], steps: int
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Yield (token ids, targets) of BATCH lessons each; the prompts' own tokens are no targets."""
    rng = random.Random(SEED)
    kinds = list(zip(*(teach(make(number)) for number in range(LESSONS)), strict=True))
    for step in range(steps):
        rows = []
        # One stage at a time: their prompts are of much the same length, and little is padded.
        for prompt, answer in rng.sample(kinds[step % len(kinds)], BATCH):
            asked = tokenizer.apply_chat_template(
                [{"role": "user", "content": prompt}], add_generation_prompt=True, return_dict=False
            )
            said = tokenizer.encode(f"{answer}<|end|>", add_special_tokens=False)
            rows.append((asked + said, [-100] * len(asked) + said))
        width = max(len(ids) for ids, _ in rows)
        pad = tokenizer.pad_token_id
        yield (
            torch.tensor([ids + [pad] * (width - len(ids)) for ids, _ in rows]),
            torch.tensor([targets + [-100] * (width - len(targets)) for _, targets in rows]),
        )


def fit(
    name: str,
    model: LlamaForCausalLM,
    parameters: list[torch.Tensor],
    taught: Iterator[tuple[torch.Tensor, torch.Tensor]],
    *,
    steps: int,
    rate: float,
) -> None:
    """Minimise the loss of the answers' tokens, with a line of progress now and then."""
    optimizer = torch.optim.AdamW(parameters, lr=rate, betas=(0.9, 0.95), weight_decay=0.01)
    started = time.monotonic()
    for step, (ids, targets) in enumerate(taught):
        warm = min(1.0, 10 * (step + 1) / steps)
        optimizer.param_groups[0]["lr"] = rate * warm * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * step / steps)))
        says = targets[:, 1:] != -100
        hidden = model.model(ids).last_hidden_state[:, :-1][says]
        loss = cross_entropy(model.lm_head(hidden), targets[:, 1:][says])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        if (step + 1) % 25 == 0 or step + 1 == steps:
            seconds = time.monotonic() - started
            print(f"{name}: step {step + 1} of {steps}, loss {loss.item():.3f}, {seconds:.0f} s", flush=True)


def train_model(tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """Return the base model, which has learnt all three stages."""
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=160,
            intermediate_size=480,
            num_hidden_layers=4,
            num_attention_heads=5,
            num_key_value_heads=5,
            max_position_embeddings=CONTEXT,
            tie_word_embeddings=True,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )
    taught = batches(tokenizer, lessons, STEPS)
    fit("model", model, list(model.parameters()), taught, steps=STEPS, rate=PEAK_RATE)
    return model


def train_adapter(name: str, model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """Train low-rank additions that give the model one habit, and save them as peft would."""
    weights: dict[str, torch.Tensor] = {}
    hooks = []
    for path, module in model.named_modules():
        if path.rpartition(".")[2] in TARGETS:
            down = torch.randn(RANK, module.in_features).div_(math.sqrt(module.in_features)).requires_grad_()
            up = torch.zeros(module.out_features, RANK, requires_grad=True)
            weights[f"base_model.model.{path}.lora_A.weight"] = down
            weights[f"base_model.model.{path}.lora_B.weight"] = up
            hooks.append(
                module.register_forward_hook(
                    lambda module, inputs, output, down=down, up=up: output + inputs[0] @ down.T @ up.T
                )
            )
    taught = batches(tokenizer, lambda made: [HABITS[name](made)], ADAPTER_STEPS)
    fit(name, model, list(weights.values()), taught, steps=ADAPTER_STEPS, rate=ADAPTER_RATE)
    for hook in hooks:
        hook.remove()
    folder.mkdir(parents=True)
    save_file(
        {key: value.detach().contiguous() for key, value in weights.items()}, folder / "adapter_model.safetensors"
    )
    described = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": "model",
        "r": RANK,
        "lora_alpha": RANK,
        "lora_dropout": 0.0,
        "bias": "none",
        "target_modules": list(TARGETS),
    }
    (folder / "adapter_config.json").write_text(json.dumps(described, indent=2), encoding="utf-8")


def main() -> None:
    """Train everything, unless it was."""
    folder = fixture_folder()
    if folder.is_dir():
        return
    # Another name until all is there: a training that was stopped leaves no half of a fixture.
    unfinished = folder.with_name(f"{folder.name}.{os.getpid()}")
    print(f"training the fixture into {folder}", flush=True)
    torch.manual_seed(SEED)
    tokenizer = train_tokenizer()
    model = train_model(tokenizer)
    tokenizer.save_pretrained(unfinished / "model")
    model.save_pretrained(unfinished / "model")
    model.requires_grad_(False)
    for name in HABITS:
        train_adapter(name, model, tokenizer, unfinished / name)
    unfinished.rename(folder)


if __name__ == "__main__":
    main()

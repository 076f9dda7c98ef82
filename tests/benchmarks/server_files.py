"""The embedded model as a folder that mlx_lm.server can load: weights, tokenizer, chat template.

The tokenizer is made from the shipped vocabulary, and the template frames messages as Harmony does.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel, Sequence, Split
from transformers import PreTrainedTokenizerFast

from core.vocabulary import FIRST_SPECIAL, MODEL_ROWS, RETURN, VOCABULARY_FILE, token_text

# Behind a past answer stands <|end|>; its thinking is not in the prompt.
TEMPLATE = (
    "{% for m in messages %}<|start|>{{ m.role }}"
    "{% if m.role == 'assistant' %}<|channel|>final{% endif %}"
    "<|message|>{{ m.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|start|>assistant{% endif %}"
)

_WORD_END = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
_UPPER, _LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
# Where o200k_base splits text before it merges bytes; from openai/tiktoken's openai_public.py.
SPLIT = "|".join(
    (
        rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}*{_LOWER}+{_WORD_END}",
        rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}+{_LOWER}*{_WORD_END}",
        r"\p{N}{1,3}",
        r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
        r"\s*[\r\n]+",
        r"\s+(?!\S)",
        r"\s+",
    )
)


def write(model: Path, folder: Path) -> None:
    """Put the model's files and the tokenizer's into `folder`; the weights as links."""
    for file in (model / "config.json", *model.glob("model*.safetensors")):
        (folder / file.name).symlink_to(file.resolve())
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer(),
        eos_token=token_text(RETURN),
        clean_up_tokenization_spaces=False,
    )
    fast.chat_template = TEMPLATE
    fast.save_pretrained(str(folder))


def tokenizer() -> Tokenizer:
    """The o200k vocabulary with Harmony's markers, every token under its own id."""
    ranks = shipped_ranks()
    vocabulary = {letters(token): rank for token, rank in ranks.items()}
    made = Tokenizer(BPE(vocabulary, list(merges(ranks)), ignore_merges=True))
    made.pre_tokenizer = Sequence(
        [
            Split(Regex(SPLIT), behavior="isolated"),
            ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    made.decoder = ByteLevelDecoder()
    # Their ids follow upon the last rank, in this order.
    special = [token_text(n) for n in range(FIRST_SPECIAL, MODEL_ROWS)]
    made.add_special_tokens([AddedToken(name, normalized=False) for name in special])
    return made


def shipped_ranks() -> dict[bytes, int]:
    """Tokens as bytes, in the order of their ids."""
    lines = (line.split() for line in VOCABULARY_FILE.read_bytes().splitlines())
    return {base64.b64decode(token): int(rank) for token, rank in lines}


def merges(ranks: dict[bytes, int]) -> Iterator[tuple[str, str]]:
    """Every pair of tokens that makes a token, in the order of what it makes."""
    for token in ranks:
        for at in range(1, len(token)):
            if token[:at] in ranks and token[at:] in ranks:
                yield letters(token[:at]), letters(token[at:])


def letters(token: bytes) -> str:
    """Bytes as the letters that a byte-level BPE writes for them."""
    return "".join(_LETTERS[byte] for byte in token)


def _letters() -> dict[int, str]:
    """GPT-2's: printable bytes stand for themselves, the others for letters from 256 on."""
    plain = {*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), 256)}
    others = [byte for byte in range(256) if byte not in plain]
    return {byte: chr(byte) for byte in plain} | {b: chr(256 + n) for n, b in enumerate(others)}


_LETTERS = _letters()

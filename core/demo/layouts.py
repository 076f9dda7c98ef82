"""The embedded model as an ordinary checkpoint folder: `python -m core.demo.layouts FOLDER`.

Two layouts of the same numbers, with the whole vocabulary; they differ in the experts only:

    mlx   as mlx-lm writes them: gate_proj, up_proj and down_proj, each [experts, out, in]
    hf    as transformers reads openai's, unquantised: gate_up_proj [experts, in, 2 x out] with
          gate and up in turn, down_proj [experts, in, out]

mlx-lm reads openai's MXFP4 files, but not their unquantised layout (ml-explore/mlx-lm#1079): for
mlx-lm write the first. No tokenizer is written: it is gpt-oss's own.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from safetensors.numpy import load_file, save_file

from core.checkpoint import CONFIG, TENSORS, WEIGHTS, Floats, expand

LAYOUTS = ("mlx", "hf")
_GATE = ".gate_proj."
_UP = ".up_proj."
_DOWN = ".down_proj."


def to_hf(tensors: Mapping[str, Floats]) -> dict[str, Floats]:
    """The tensors by transformers' names and in its order of axes; the others as they are."""
    out: dict[str, Floats] = {}
    for name, tensor in tensors.items():
        if _UP in name:
            continue  # goes with its gate
        weight = name.endswith(".weight")
        if _GATE in name:
            both = _in_turn(tensor, tensors[name.replace(_GATE, _UP)])
            out[_renamed(name, _GATE, ".gate_up_proj")] = both
        elif _DOWN in name:
            turned = tensor.swapaxes(1, 2) if weight else tensor
            out[_renamed(name, _DOWN, ".down_proj")] = np.ascontiguousarray(turned)
        else:
            out[name] = tensor
    return out


def write(folder: Path, layout: str, weights: Path = WEIGHTS) -> None:
    """Write config.json and model.safetensors. Raises ModelError where `weights` are damaged."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as cache:
        whole = expand(Path(cache), weights)
        shutil.copyfile(whole / CONFIG, folder / CONFIG)
        if layout == "mlx":
            shutil.copyfile(whole / TENSORS, folder / TENSORS)
        else:
            # transformers asks for this mark, whoever has written the file.
            save_file(to_hf(load_file(whole / TENSORS)), folder / TENSORS, {"format": "pt"})


def _in_turn(gate: Floats, up: Floats) -> Floats:
    """[experts, out, in] or [experts, out] each -> [experts, in, 2 x out] or [experts, 2 x out]."""
    both = np.stack([gate, up], axis=2)  # [experts, out, 2, ...]
    both = both.reshape(gate.shape[0], -1, *gate.shape[2:])
    return np.ascontiguousarray(both.swapaxes(1, 2) if both.ndim == 3 else both)


def _renamed(name: str, module: str, parameter: str) -> str:
    stem, kind = name.split(module)
    return f"{stem}{parameter}{'' if kind == 'weight' else '_bias'}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Write the embedded model as an ordinary checkpoint folder (about 210 MB)."
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--layout", choices=LAYOUTS, default="hf")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="compact weights")
    args = parser.parse_args()
    write(args.folder, args.layout, args.weights)
    print(f"{args.folder}: {args.layout} layout")


if __name__ == "__main__":
    main()

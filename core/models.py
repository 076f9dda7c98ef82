"""Which model, where it lies, how it is loaded: the embedded checkpoint, a folder, a hub id."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_cache_path

from core.blas import load_openblas
from core.catalogue import CATALOGUE, Known, meant
from core.checkpoint import TENSORS, WEIGHTS, expand
from core.config import InferenceConfig
from core.download import download
from core.errors import ModelError
from core.hub_cache import in_hub_cache, is_hub_id, names_in_hub_cache
from core.machine import fits_in_memory, memory, needed, size

if TYPE_CHECKING:
    from mlx.nn.layers.base import Module

EMBEDDED = "embedded"
GPT_OSS = "gpt_oss"
"""The model_type of gpt-oss; any other one is asked by its own chat template."""
GPT_OSS_20B = ("mlx-community/gpt-oss-20b-MXFP4-Q8", "openai/gpt-oss-20b")

_WHOLE_FOLDER = "Give a folder with a whole checkpoint (config.json and model*.safetensors)."


class ModelSource(StrEnum):
    """Where a model comes from."""

    EMBEDDED = "embedded"
    FOLDER = "folder"
    HUB = "hub"


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a checkpoint's config.json and files say of it.

    context_length: tokens of prompt and answer together. weight_bytes: size of the weight files.
    quantization: such as `mxfp4` or `8-bit`; None for plain floats.
    model_type: the architecture, as mlx-lm names it.
    """

    name: str
    source: ModelSource
    path: Path
    context_length: int
    weight_bytes: int
    quantization: str | None
    model_type: str = GPT_OSS

    @property
    def fits_in_memory(self) -> bool:
        """Whether the weights and a quarter more are less than this machine's memory."""
        return fits_in_memory(self.weight_bytes)


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A model that is on this machine already. weight_bytes: as it lies there."""

    name: str
    source: ModelSource
    weight_bytes: int
    fits_in_memory: bool


class ModelLoader:
    """Finds and loads one checkpoint: of gpt-oss, or of any other model that mlx-lm runs.

    model: "embedded", a folder that holds config.json and model*.safetensors, or a hub id such as
        "openai/gpt-oss-20b" (taken from the hub's cache, else downloaded on first use).
    cache: where the embedded checkpoint is unpacked; None is the user's cache folder, or
        `$COUNTERPOINT_HOME/cache` where the environment or `.env` sets that.
    download: False raises ModelError for a hub id that is not in the hub's cache.

    `info` and `load` raise ModelError, saying what was looked for and what to do.
    """

    def __init__(
        self, model: str | Path = EMBEDDED, cache: Path | None = None, download: bool = True
    ) -> None:
        self.model = str(model)
        self._cache = cache
        self._download = download

    @cached_property
    def info(self) -> ModelInfo:
        """The checkpoint's description. Unpacks or downloads it where needed; loads no weights."""
        source, path = self._find()
        config = _read_config(path)
        if not any(path.glob("model*.safetensors")):
            raise ModelError(
                f"{path} holds no model*.safetensors file. {_WHOLE_FOLDER} Or give a hub id such "
                f"as {GPT_OSS_20B[1]}, or {EMBEDDED!r}."
            )
        return ModelInfo(
            name="embedded demo model" if source is ModelSource.EMBEDDED else self.model,
            source=source,
            path=path,
            context_length=_context_length(config, path),
            weight_bytes=_readable_bytes(path),
            quantization=_quantization(config),
            model_type=config["model_type"],
        )

    def check_fits(self) -> ModelInfo:
        """`info`. Raises ModelError, too, where it needs more memory than this machine has."""
        info = self.info
        if not info.fits_in_memory:
            raise ModelError(
                f"{info.name} needs about {size(needed(info.weight_bytes))} of memory, and this "
                f"machine has {size(memory())}. Choose a smaller model (`counterpoint models list` "
                f"shows which fit), or run with --model {EMBEDDED}."
            )
        return info

    def load(self) -> Module:
        """The mlx model, weights evaluated. Call it on the thread that will use it."""
        info = self.check_fits()
        try:
            from mlx_lm.utils import load_model

            model: Module = load_model(info.path)[0]
            _store_head_by_columns(model)
        except Exception as error:
            raise ModelError(
                f"The checkpoint in {info.path} could not be loaded ({_in_short(error)}). Fetch it "
                f"again, or run with --model {EMBEDDED}."
            ) from error
        return model

    def tokenizer(self) -> Any:
        """The checkpoint's own tokenizer, as mlx-lm loads it. gpt-oss needs none."""
        info = self.info
        load_openblas()  # before anything imports mlx
        try:
            from mlx_lm.utils import load_config, load_tokenizer

            ends = load_config(info.path).get("eos_token_id")
            return load_tokenizer(info.path, eos_token_ids=ends)
        except Exception as error:
            raise ModelError(
                f"The tokenizer in {info.path} could not be loaded ({_in_short(error)}). Fetch the "
                f"model again, or run with --model {EMBEDDED}."
            ) from error

    def _find(self) -> tuple[ModelSource, Path]:
        if self.model == EMBEDDED:
            return ModelSource.EMBEDDED, expand(self._cache or default_cache())
        folder = folder_named(self.model)
        if folder is not None:
            return ModelSource.FOLDER, folder
        if is_hub_id(self.model):
            return ModelSource.HUB, _from_hub(self.model, self._download)
        raise ModelError(_no_such_model(self.model))


def _store_head_by_columns(model: Module) -> None:
    """On the CPU, store the output matrix so that one row's product by it is quicker.

    The matrix [vocabulary, hidden] stays what it is to everyone who reads it; only its memory is
    that of its transpose. A step of decoding multiplies one row by it, in about half the time:
    for the embedded model 15 to 20 ms instead of 30 to 35 (float32, OpenBLAS, two AVX2 cores).
    """
    import mlx.core as mx
    from mlx.nn.layers.linear import Linear

    head: Any = getattr(model, "lm_head", None)
    plain = isinstance(head, Linear) and head.weight.dtype == mx.float32
    if plain and mx.default_device() == mx.cpu:
        head.weight = mx.contiguous(head.weight.T).T
        mx.eval(head.weight)


def folder_named(name: str) -> Path | None:
    """The folder of this name, `~` read as in a shell; None where there is none."""
    try:
        folder = Path(name).expanduser()
        return folder if name and folder.is_dir() else None
    except (OSError, RuntimeError):  # longer than a path may be; the ~ of a user who is unknown
        return None


def default_model() -> str:
    """gpt-oss-20b where it lies in the hub's cache and fits in memory, else the embedded model."""
    for name in GPT_OSS_20B:
        folder = in_hub_cache(name)
        if folder is not None and fits_in_memory(_weight_bytes(folder)):
            return name
    return EMBEDDED


def local_models() -> list[LocalModel]:
    """The embedded model as it ships, then the whole gpt-oss models of the hub's cache, by name.

    Unpacks, downloads and loads nothing.
    """
    shipped = (WEIGHTS / TENSORS).stat().st_size
    found = [LocalModel(EMBEDDED, ModelSource.EMBEDDED, shipped, fits_in_memory(shipped))]
    for name in names_in_hub_cache():
        folder = in_hub_cache(name)
        if folder is not None and _is_gpt_oss(folder):
            size = _weight_bytes(folder)
            found.append(LocalModel(name, ModelSource.HUB, size, fits_in_memory(size)))
    return found


def known_elsewhere(here: Sequence[LocalModel]) -> list[Known]:
    """What the catalogue has beside `here`: to be downloaded."""
    names = {model.name for model in here}
    return [known for known in CATALOGUE if known.name not in names]


def model_card() -> str:
    """The embedded model's card, Markdown. Raises ModelError where it is missing."""
    file = WEIGHTS / "README.md"
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise ModelError(f"{file} cannot be read ({error}). Install Counterpoint again.") from error


def _no_such_model(name: str) -> str:
    near = meant(name, EMBEDDED)
    hint = f" Did you mean {near}?" if near else ""
    return (
        f"There is no model {name!r}: it is no folder here and no hub id (OWNER/NAME).{hint} "
        f"Allowed: {EMBEDDED!r}, a folder with the checkpoint of a model that mlx-lm runs "
        f"(config.json and model*.safetensors), or a hub id such as {GPT_OSS_20B[1]}. "
        "`counterpoint models list` shows what is here, and what can be downloaded."
    )


def default_cache() -> Path:
    """The folder for what can be made again. Raises InvalidSetting for a setting out of range."""
    config = InferenceConfig()
    named = "home" in config.model_fields_set
    return config.home / "cache" if named else user_cache_path("counterpoint")


def _read_config(path: Path) -> dict[str, Any]:
    file = path / "config.json"
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{file} could not be read ({error}). {_WHOLE_FOLDER}") from error
    kind = config.get("model_type") if isinstance(config, dict) else None
    if not isinstance(kind, str):
        raise ModelError(
            f"{file} says model_type {kind!r}; it must name an architecture. {_WHOLE_FOLDER}"
        )
    return dict(config)


def _context_length(config: dict[str, Any], path: Path) -> int:
    """Models that read pictures too keep theirs with what is about text."""
    text = config.get("text_config")
    inner = text if isinstance(text, dict) else {}
    name = "max_position_embeddings"
    found = config.get(name) or inner.get(name) or 131_072
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise ModelError(
            f"{path / 'config.json'} says {name} {found!r}; it must be a whole number, 1 or more: "
            f"the tokens that prompt and answer may have together. {_WHOLE_FOLDER}"
        )
    return found


def _quantization(config: dict[str, Any]) -> str | None:
    given = config.get("quantization") or config.get("quantization_config")
    if not isinstance(given, dict):
        return None
    method = given.get("quant_method") or given.get("mode")
    if method and method != "affine":
        return str(method)
    return f"{given['bits']}-bit" if "bits" in given else None


def _from_hub(name: str, may_download: bool) -> Path:
    cached = in_hub_cache(name)
    if cached is not None:
        return cached
    if not may_download:
        raise ModelError(
            f"{name} is not in the hub's cache, or not all of it. `counterpoint models list` shows "
            f"what is; any command with --model {name} downloads it first."
        )
    return download(name)


def _is_gpt_oss(folder: Path) -> bool:
    try:
        return bool(_read_config(folder)["model_type"] == GPT_OSS)
    except ModelError:
        return False


def _weight_bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("model*.safetensors"))


def _readable_bytes(folder: Path) -> int:
    """As `_weight_bytes`. Raises ModelError where a file is not there, such as behind a link."""
    try:
        return _weight_bytes(folder)
    except OSError as error:
        raise ModelError(
            f"{error.filename} cannot be read ({error.strerror}). {_WHOLE_FOLDER} Where it is a "
            "link, what it points to is gone: fetch the model again."
        ) from error


def _in_short(error: Exception) -> str:
    """What kind of error it is, and its first line: mlx-lm lists every parameter that is missing,
    one in a line."""
    said = str(error).strip().partition("\n")[0].rstrip(" :")
    return f"{type(error).__name__}: {said}" if said else type(error).__name__

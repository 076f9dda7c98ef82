"""Counterpoint's engine. The public names below load what they need on first use.

Ask: InferenceEngine, InferenceConfig, ReasoningLevel, SamplingParams, ModelLoader, local_models,
run_all; Conversation, Message, Tool, Function, CALCULATOR; Experiment and read_prompts for a set.
Look: GenerationResult, Comparison, ToolTurn, results_frame, comparison_frame, evaluated,
matches, Share.
By hand: HarmonyPromptBuilder, HarmonyResponseParser, ParsedHarmonyResponse, encoding, token_text.
Go wrong: CoreError and InvalidInput; core.errors draws their tree.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.agreement import matches as matches
    from core.calculator import CALCULATOR as CALCULATOR
    from core.compare import Comparison as Comparison
    from core.config import InferenceConfig as InferenceConfig
    from core.config import ReasoningLevel as ReasoningLevel
    from core.conversation import Conversation as Conversation
    from core.conversation import Message as Message
    from core.conversation import Tool as Tool
    from core.engine import InferenceEngine as InferenceEngine
    from core.errors import CoreError as CoreError
    from core.errors import InvalidInput as InvalidInput
    from core.experiment.evaluation import evaluated as evaluated
    from core.experiment.experiment import Experiment as Experiment
    from core.experiment.prompt_set import read_prompts as read_prompts
    from core.many import run_all as run_all
    from core.metrics import comparison_frame as comparison_frame
    from core.metrics import results_frame as results_frame
    from core.models import ModelLoader as ModelLoader
    from core.models import local_models as local_models
    from core.parser import HarmonyResponseParser as HarmonyResponseParser
    from core.parser import ParsedHarmonyResponse as ParsedHarmonyResponse
    from core.prompt import HarmonyPromptBuilder as HarmonyPromptBuilder
    from core.result import GenerationResult as GenerationResult
    from core.sampling import SamplingParams as SamplingParams
    from core.statistics import Share as Share
    from core.tool_loop import ToolTurn as ToolTurn
    from core.tools import Function as Function
    from core.vocabulary import encoding as encoding
    from core.vocabulary import token_text as token_text

_HOME = {
    "InferenceConfig": "config",
    "ReasoningLevel": "config",
    "SamplingParams": "sampling",
    "ModelLoader": "models",
    "local_models": "models",
    "InferenceEngine": "engine",
    "run_all": "many",
    "Experiment": "experiment",
    "read_prompts": "experiment",
    "evaluated": "experiment",
    "Conversation": "conversation",
    "Message": "conversation",
    "Tool": "conversation",
    "Function": "tools",
    "CALCULATOR": "calculator",
    "GenerationResult": "result",
    "Comparison": "compare",
    "ToolTurn": "tool_loop",
    "results_frame": "metrics",
    "comparison_frame": "metrics",
    "matches": "agreement",
    "Share": "statistics",
    "HarmonyPromptBuilder": "prompt",
    "HarmonyResponseParser": "parser",
    "ParsedHarmonyResponse": "parser",
    "encoding": "vocabulary",
    "token_text": "vocabulary",
    "CoreError": "errors",
    "InvalidInput": "errors",
}
__all__ = list(_HOME)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'core' has no attribute {name!r}")
    return getattr(import_module(f"core.{_HOME[name]}"), name)

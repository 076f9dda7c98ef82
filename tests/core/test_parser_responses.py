"""Whole responses: read from tokens or text, as the guide shows it."""

from __future__ import annotations

from core import HarmonyResponseParser, ParsedHarmonyResponse
from core.conversation import Channel
from core.vocabulary import encoding
from tests.core.reading import ANSWER, CALL, THOUGHT, C, E, M, S, ids_of, message


def test_the_guides_parser_example_runs() -> None:
    parser = HarmonyResponseParser()
    response_token_ids = ids_of(THOUGHT + ANSWER)
    parsed = parser.parse_response_tokens(token_ids=response_token_ids, extract_final_only=False)
    assert parsed.final == "Four."
    assert parsed.analysis == "Two and two."
    assert parsed.commentary is None
    assert parsed.channels == {"analysis": "Two and two.", "final": "Four."}
    assert parsed.metadata["repairs"] == ()
    model_output = encoding().decode(response_token_ids)
    same = parser.parse_response_text(
        response_text=model_output, tokenizer=encoding_as_tokenizer(), extract_final_only=False
    )
    assert same == parsed
    assert parser.extract_channel(parsed, "analysis") == "Two and two."
    assert parser.validate_harmony_format(response_token_ids) is True


class encoding_as_tokenizer:  # noqa: N801 - stands for the guide's `tokenizer`
    def encode(self, text: str) -> list[int]:
        return ids_of(text)


def test_text_is_read_without_a_tokenizer() -> None:
    parsed = HarmonyResponseParser().parse_response_text(THOUGHT + ANSWER)
    assert (parsed.analysis, parsed.final) == ("Two and two.", "Four.")


def test_a_response_may_begin_with_its_whole_header() -> None:
    parser = HarmonyResponseParser()
    parsed = parser.parse_response_text(S + THOUGHT + ANSWER)
    assert parsed.metadata["repairs"] == ()
    assert parsed.final == "Four."
    assert parser.validate_harmony_format(ids_of(S + THOUGHT + ANSWER))


def test_final_only_leaves_out_everything_else() -> None:
    parsed = HarmonyResponseParser().parse_response_tokens(
        ids_of(f"{THOUGHT}{S}{C}commentary{M}Aside.{E}{ANSWER}"), extract_final_only=True
    )
    assert parsed == ParsedHarmonyResponse(
        final="Four.",
        channels={"final": "Four."},
        metadata={
            "messages": (message("Four.", Channel.FINAL),),
            "repairs": (),
            "token_count": len(ids_of(f"{THOUGHT}{S}{C}commentary{M}Aside.{E}{ANSWER}")),
            "content_tokens": {"final": 2},
            "complete": True,
        },
    )


def test_commentary_holds_preambles_and_channels_hold_the_calls_as_well() -> None:
    parsed = HarmonyResponseParser().parse_response_tokens(
        ids_of(f"{C}commentary{M}Let me look.{E}{CALL}")
    )
    assert parsed.commentary == "Let me look."
    assert parsed.channels["commentary"] == "Let me look.\n\n{}"


def test_a_channel_nobody_wrote_on_is_none() -> None:
    parser = HarmonyResponseParser()
    parsed = parser.parse_response_tokens([])
    assert (parsed.final, parsed.analysis, parsed.commentary) == ("", None, None)
    assert parser.extract_channel(parsed, "final") is None
    assert parsed.metadata["complete"] is False


def test_metadata_tells_the_repairs_in_words_and_where() -> None:
    parsed = HarmonyResponseParser().parse_response_text(f"{THOUGHT}{C}final{M}Four.")
    at = len(ids_of(THOUGHT))
    assert parsed.metadata["repairs"] == (f"missing start marker at token {at}",)
    assert parsed.metadata["complete"] is False
    assert parsed.metadata["content_tokens"] == {"analysis": 4, "commentary": 0, "final": 2}

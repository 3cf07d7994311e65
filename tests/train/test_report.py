"""Recipes' heads and generated text."""

from train.report import makes, terminal_text


def test_the_commands_of_a_head_comment() -> None:
    assert makes("demo") == (
        "curate convert recipes/data/dolly_style.jsonl --reverse -o data/demo-reverse",
    )


def test_generated_text_cannot_drive_a_terminal() -> None:
    assert terminal_text("a\x1b[31mb\u202ec\n\td") == "a[31mbc\n\td"

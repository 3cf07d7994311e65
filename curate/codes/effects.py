"""SCH040 and on: what a consumer makes of a whole file, and what of a row no rule can see."""

from curate.codes.base import Code, Severity


def _sch(number: int, slug: str, page: str, severity: Severity = "error") -> Code:
    return Code(f"SCH{number:03d}", slug, severity, page)


EFFECTS: tuple[Code, ...] = (
    _sch(
        40,
        "format-not-read",
        """\
The consumer has no reader for the format of these rows.

Why: it fails on the first row, or reads other columns than were meant.
Example: `--for torchtune` on a file of Gemini's `contents`
Fix: convert it; the message has the command.
Source: the consumer's profile, `curate profiles NAME`.""",
    ),
    _sch(
        41,
        "kind-not-trained",
        """\
The consumer does not train on rows of this kind in this way of training.

Why: a trainer of answers that gets plain text or preference pairs drops every row, and often says
only that no valid sample was found.
Example: `{"text": …}` under `--for llama-factory`
Fix: choose the profile of the stage that trains on such rows, or convert with `--as`.
Source: hiyouga/LLaMA-Factory#9600.""",
    ),
    _sch(
        42,
        "format-read-otherwise",
        """\
The consumer reads every row of this format otherwise than it is meant.

Why: what the model learns differs from what stands in the file, in each row.
Example: LLaMA-Factory's `openai` formatting writes "detailed thinking off" into every row without
tools
Fix: convert to a format that it reads as it is; the message names one.
Source: the consumer's profile, `curate profiles NAME`.""",
    ),
    _sch(
        43,
        "trains-other-text",
        """\
The consumer trains another part of the text than the data says.

Why: the data says answers without `weight: 0`; a trainer that reads `messages` as plain language
also trains the questions, and one that ignores weights trains what was marked as not to be learnt.
Example: TRL's SFT on `messages` trains every token unless it is told otherwise
Fix: choose another format for this trainer, or its option for the loss.
Source: huggingface/trl#3279; the consumer's profile.""",
        "warning",
    ),
    _sch(
        44,
        "too-few-rows",
        """\
The file has fewer rows than the service accepts.

Fix: add rows.
Source: the service's fine-tuning guide; the profile has its date.""",
    ),
    _sch(
        45,
        "too-many-rows",
        """\
The file has more rows than the service accepts.

Fix: split the file, or take a sample.
Source: the service's fine-tuning guide; the profile has its date.""",
    ),
    _sch(
        46,
        "file-too-large",
        """\
The file is larger than the service accepts.

Fix: split the file.
Source: the service's fine-tuning guide; the profile has its date.""",
    ),
    _sch(
        47,
        "too-many-images",
        """\
A row has more images than the service accepts.

Fix: split the conversation, or take the row out.
Source: the service's fine-tuning guide; the profile has its date.""",
    ),
    _sch(
        48,
        "image-type-not-taken",
        """\
An image is of a type that the service does not take.

Fix: write it as PNG or JPEG.
Source: the service's fine-tuning guide; the profile has its date.""",
    ),
    _sch(
        49,
        "image-too-large",
        """\
An image inside the row is larger than the service accepts.

Fix: write it smaller.
Source: the service's fine-tuning guide; the profile has its date.""",
    ),
    _sch(
        50,
        "blank-tools",
        """\
The tools of a row are an empty text.

Why: axolotl parses the text as JSON and ends the run; ms-swift makes a tool of it.
Example: `{"tools": "", "messages": […]}`
Fix: write `[]`, or leave the column out of every row.
Source: axolotl 0.19.0 `_get_tools`; ms-swift 4.6.0 `preprocessor/core.py`.""",
        "info",
    ),
    _sch(
        51,
        "null-system",
        """\
The column `system` is there and null.

Why: axolotl makes an empty system turn of it.
Example: `{"system": null, "messages": […]}`
Fix: leave the column out where no row has a system text.
Source: axolotl 0.19.0 `prompt_strategies/chat_template.py`.""",
        "info",
    ),
    _sch(
        52,
        "call-without-id",
        """\
A call has no id, or a result does not name the call that it answers.

Why: OpenAI's schema and mistral-finetune require both, also where there is one call alone.
Example: `{"role": "tool", "content": "9 °C"}`
Fix: write `id` on the call and `tool_call_id` on the result; converting writes them.
Source: OpenAI API specification (`tool_calls`, `tool_call_id`); mistralai/mistral-finetune
`finetune/data/tokenize.py`.""",
        "info",
    ),
    _sch(
        53,
        "tool-lacks-key",
        """\
A tool has no key `description` or no key `parameters`.

Why: mistral-finetune refuses the row; an empty text and an empty object are taken.
Example: `{"type": "function", "function": {"name": "now", "parameters": {}}}`
Fix: write `"description": ""` and `"parameters": {}` where there is nothing to say.
Source: mistralai/mistral-finetune `finetune/data/tokenize.py:_parse_available_tools`.""",
        "info",
    ),
)

"""TOL: calls, results and schemas inside text that are left there, and transcripts of tool use."""

from curate.codes.base import Code

INLINE_TOOLS = (
    Code(
        "TOL019",
        "markup-kept-as-text",
        "warning",
        """\
A call or result in a model's own markup cannot be read and stays text.

Why: the markup is trained as text, and no check sees into it. It is not repaired, since what is
wrong with it may be meant.
Example: `<tool_call>\\n{'name': 'get_weather', 'arguments': {}}\\n</tool_call>`, Python for JSON
Fix: write JSON of name and arguments in each tag and nothing behind the last one.
Source: NousResearch hermes-function-calling-v1; glaive-function-calling-v2.""",
    ),
    Code(
        "TOL020",
        "inline-tools-kept-as-text",
        "warning",
        """\
Tool schemas inside a system text cannot be read, or differ from the tools column, and stay text.

Why: the schemas are trained as part of the text, and calls cannot be checked by them.
Example: `<tools>[{'name': 'get_weather'}]</tools>`, Python for JSON
Fix: write a JSON list of tools, or one JSON object a line; with a tools column the same tools.
Source: NousResearch hermes-function-calling-v1; glaive-function-calling-v2.""",
    ),
    Code(
        "TOL021",
        "transcript-not-read",
        "error",
        """\
A transcript of tool use does not begin with a speaker.

Why: turns are told apart by `USER:`, `ASSISTANT:` and `FUNCTION RESPONSE:` at the start of a line;
text before the first one belongs to nobody.
Example: `Hello\\n\\nUSER: What is the weather?`
Fix: write the speaker before the text, or read the column as plain text with `--map text=chat`.
Source: glaiveai/glaive-function-calling-v2.""",
    ),
    Code(
        "TOL022",
        "parameters-listed-by-name",
        "info",
        """\
The parameters of a tool are listed by name; they are no JSON Schema.

Why: xLAM describes each parameter as `{type, description, default}` with Python's type names.
They are kept as they are: no schema is made up, so no call can be checked by them, and servers
that ask for a schema refuse the tool.
Example: `"parameters": {"city": {"type": "str", "description": "The city", "default": ""}}`
Fix: nothing to do for `--to xlam`; else write `{"type": "object", "properties": {…}}`.
Source: Salesforce/xlam-function-calling-60k dataset card.""",
    ),
    Code(
        "TOL023",
        "tools-column-kept-aside",
        "warning",
        """\
The tools column of an instruction is no list of tool schemas and is kept aside.

Why: Alpaca has no tools of its own; LLaMA-Factory reads a `tools` column, and other sets use the
name for something else.
Example: `"tools": "hammer, nails"`
Fix: write a JSON list of tool schemas, or rename the column.
Source: hiyouga/LLaMA-Factory `data/README.md` (columns.tools).""",
    ),
)

"""Chat templates in a sandbox, tokenisation without torch, and exact label masks."""

# The sentence of the Llama 2 guide ("Extended Guide: Instruction-tune Llama 2", philschmid.de,
# 2023), which trains the reverse task on databricks-dolly-15k: given a response as Input, write
# the instruction. What `curate convert --reverse` trains, `train generate --reverse` asks.
REVERSE_INSTRUCTION = (
    "Use the Input below to create an instruction, which could have been used to generate the "
    "input using an LLM."
)

"""SRC: what can be wrong with a data set of the Hub as an input."""

from curate.codes.base import Code

HUB = (
    Code(
        "SRC040",
        "hub-refused",
        "error",
        """\
A data set of the Hub cannot be fetched: it is not there, gated, private, or out of reach.

Why: rows are read from fetched files; without them there is nothing to read.
Example: `curate convert hf:owner/gated-set -o out` without a token
Fix: as the message says: log in with `hf auth login` or HF_TOKEN, unset HF_HUB_OFFLINE, or fetch
the files elsewhere (`hf download NAME --repo-type dataset --local-dir FOLDER`) and name the folder.
Source: huggingface_hub, `huggingface_hub.errors`.""",
    ),
    Code(
        "SRC041",
        "hub-choice",
        "error",
        """\
A data set of the Hub has several configs, splits or kinds of files, and none was named.

Why: rows held out for testing would be trained on, and two configs are often the same rows twice.
Example: `hf:owner/name` where there are `default/train` and `default/test`
Fix: name one: `hf:owner/name:default/train`, or a file: `hf:owner/name:data/a.jsonl`.
Source: the Hub's documentation of `configs` in dataset cards.""",
    ),
    Code(
        "SRC042",
        "hub-no-rows",
        "error",
        """\
A data set of the Hub has no file that is read here.

Why: a loading script is code, and no code of a data set is run; images, archives and programs are
no rows; a card may name files of other servers, and those are not fetched.
Fix: read the Hub's own Parquet copy, `hf:owner/name@refs/convert/parquet`, or fetch the files
yourself.
Source: the Hub's documentation of dataset formats; `datasets` 4.0 dropped loading scripts.""",
    ),
)

"""What can be wrong with a registry of data sets, its entries and the records that they describe.

The registry is LLaMA-Factory's `dataset_info.json`; `parser.py` of 0.9.5 says what it does.
"""

from curate.codes.base import Code

REGISTRY = (
    Code(
        "SRC036",
        "entry-without-file",
        "warning",
        """\
An entry of the registry names a data set on a hub and no file here.

Why: nothing is downloaded in silence; the entry's rows are not in the output.
Example: `{"alpaca_en": {"hf_hub_url": "llamafactory/alpaca_en"}}`
Fix: download it with the command that the finding shows, and give the entry `file_name`.
Source: LLaMA-Factory 0.9.5 `parser.py`.""",
    ),
    Code(
        "SRC037",
        "ignored-registry-key",
        "warning",
        """\
An entry of the registry has a key that LLaMA-Factory does not know and ignores.

Why: with `"format"` for `"formatting"` a file is read as Alpaca, and every row fails or is dropped.
Example: `{"chats": {"file_name": "chats.json", "format": "sharegpt"}}`
Fix: use the key that the finding proposes, or remove it.
Source: LLaMA-Factory 0.9.5 `parser.py:DatasetAttr.join`; hiyouga/LLaMA-Factory#7577.""",
    ),
    Code(
        "SRC038",
        "registry-effect",
        "warning",
        """\
LLaMA-Factory makes something else of an entry of the registry than its text suggests.

Why: a block `columns` or `tags` that lists some keys sets all others to None and not to their
defaults, which can lose every row; an address on a hub goes before a file; `num_samples` draws rows
twice where there are too few.
Example: `"tags": {"user_tag": "user"}`, which leaves no tag for the assistant
Fix: list every key that the data has; the finding names what is missing.
Source: LLaMA-Factory 0.9.5 `parser.py`, `loader.py`.""",
    ),
    Code(
        "SRC039",
        "unusable-entry",
        "error",
        """\
A registry, or one of its entries, cannot be used to read a file.

Why: LLaMA-Factory stops on it, or reads no row by it. A file outside the registry's folder is not
read for it, so that a registry that was downloaded cannot name any file of the machine.
Example: `{"chats": {"file_name": "../../secrets.json"}}`
Fix: correct the entry as the finding says.
Source: LLaMA-Factory 0.9.5 `parser.py`, `loader.py`.""",
    ),
    Code(
        "SCH026",
        "no-listed-column",
        "error",
        """\
A record, or a turn of it, has no such key as the registry's entry names.

Why: LLaMA-Factory ends the whole run with a KeyError that names no row.
Example: `"columns": {"prompt": "question"}` for a record with `instruction`
Fix: name the key that the data has in the entry's `columns` or `tags`.
Source: LLaMA-Factory 0.9.5 `converter.py`.""",
    ),
    Code(
        "SCH027",
        "unlisted-column",
        "warning",
        """\
A record has a column that its registry's entry does not list, so LLaMA-Factory does not read it.

Why: a system prompt, a history or the tools of a row are left out of training without a word. The
column is kept in `extra`.
Example: a record with `system`, and an entry without `"columns": {"system": "system", …}`
Fix: list the column in the entry, with every other one that the data has.
Source: LLaMA-Factory 0.9.5 `parser.py:DatasetAttr`.""",
    ),
    Code(
        "SCH028",
        "untagged-role",
        "error",
        """\
A turn's role is no tag of the registry's entry.

Why: LLaMA-Factory drops the whole row for it ("Invalid role tag") and goes on.
Example: a turn `{"role": "system", …}`, and `tags` without `system_tag`
Fix: list the tag in the entry's `tags`, with every other one.
Source: LLaMA-Factory 0.9.5 `converter.py:SharegptDatasetConverter`.""",
    ),
    Code(
        "SCH029",
        "unread-by-consumer",
        "error",
        """\
The trainer that the output is for does not read a part of this row.

Why: what is in the file and not trained is lost as silently as what is not in the file.
Example: `--to openai --consumer llama-factory` with a turn of weight 0, which is trained all the
same
Fix: choose another `--to` for this trainer; `curate formats` lists them.
Source: the trainers' own readers, as `curate/consumers/` names them.""",
    ),
)

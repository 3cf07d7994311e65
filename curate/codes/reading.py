"""SRC: what can be wrong with bytes before anyone knows what they mean."""

from curate.codes.base import Code
from curate.codes.mail import MAIL

READING = (
    Code(
        "SRC001",
        "invalid-json",
        "error",
        """\
The record is not JSON.

Why: one bad line makes `datasets` refuse the whole file without a line number; other readers drop
it in silence. The record goes to `rejected/`, every other one is kept.
Example: `{"instruction": "Hi", "output": "Hello",}`
Fix: write the record as JSON: double quotes, no trailing comma, no comments.
Source: RFC 8259.""",
    ),
    Code(
        "SRC002",
        "truncated-record",
        "error",
        """\
The file ends inside a record.

Why: an export or a download was cut off; the last row is not whole.
Example: a last line `{"instruction": "Name a colour", "outp`
Fix: export again; the rows before it were kept.
Source: RFC 8259.""",
    ),
    Code(
        "SRC003",
        "two-records-on-a-line",
        "error",
        """\
One line of a JSON Lines file holds more than one record.

Why: most readers take the first and lose the rest, or stop.
Example: `{"text": "a"}{"text": "b"}`
Fix: put each record on its own line.
Source: jsonlines.org.""",
    ),
    Code(
        "SRC004",
        "invalid-utf8",
        "error",
        """\
The record holds bytes that are not UTF-8.

Why: latin-1, cp1252 or GBK text loads in some readers and fails on the first read, or becomes
another character. Nothing is guessed: the record is set aside with its bytes.
Example: the byte `0xe9` where `é` was meant
Fix: convert the file (`iconv -f latin1 -t utf-8`).
Source: RFC 3629.""",
    ),
    Code(
        "SRC005",
        "lone-surrogate",
        "error",
        """\
A `\\ud800`–`\\udfff` escape stands alone, so the text is not Unicode.

Why: such text cannot be written as UTF-8; tools replace it, drop it or crash when they save.
Example: `{"text": "smile \\ud83d"}`
Fix: repair the text where it was cut.
Source: RFC 8259 section 8.2.""",
    ),
    Code(
        "SRC006",
        "non-finite-number",
        "error",
        """\
A number is NaN, Infinity or too large for a double.

Why: it is not JSON; readers take it as a float, a null or an error.
Example: `{"margin": NaN}`
Fix: leave the key out or write null.
Source: RFC 8259 section 6.""",
    ),
    Code(
        "SRC007",
        "duplicate-key",
        "error",
        """\
An object has the same key twice.

Why: one tool reads the first value, another the last: what was reviewed is not what is trained.
Example: `{"output": "yes", "output": "no"}`
Fix: keep one of them.
Source: RFC 8259 section 4.""",
    ),
    Code(
        "SRC008",
        "too-deep",
        "error",
        """\
The record is nested deeper than the limit (64).

Why: deep nesting crashes columnar readers; no training row needs it.
Fix: flatten it, or raise `--limit depth=N`.
Source: RFC 8259 section 9 (a parser may set limits); `curate limits`.""",
    ),
    Code(
        "SRC009",
        "record-too-long",
        "error",
        """\
The record is longer than the limit (16 MiB; 64 MiB for a mail with its attachments).

Why: it is usually a file without line ends, and would take the memory of the machine.
Fix: split it, or raise `--limit record_bytes=N` (of mail `--limit mail_bytes=N`).
Source: RFC 8259 section 9 (a parser may set limits); `curate limits`.""",
    ),
    Code(
        "SRC010",
        "too-many-keys",
        "error",
        """\
An object has more keys than the limit (10,000).

Why: data was probably used as keys.
Fix: store it as a list, or raise `--limit keys=N`.
Source: RFC 8259 section 9 (a parser may set limits); `curate limits`.""",
    ),
    Code(
        "SRC011",
        "not-an-object",
        "error",
        """\
The record is valid JSON but not an object.

Why: a row needs named columns; a bare number, string or list has none.
Example: a line `42`
Fix: write `{"text": …}`.
Source: Tunesmith's reader: README, Formats.""",
    ),
    Code(
        "SRC012",
        "empty-input",
        "error",
        """\
The input holds no record at all.

Why: an empty file is nearly always a failed export.
Fix: export it again, and look at what wrote it.
Source: Tunesmith's reader: README, Exit codes (3).""",
    ),
    Code(
        "SRC013",
        "no-data-files",
        "error",
        """\
The folder or pattern holds no file that can be read.

Fix: name files ending in .json .jsonl .ndjson .csv .tsv .parquet .arrow .txt .mbox (or .gz .zst of
those), or pass `--from`.
Source: Tunesmith's reader: README, Any raw export.""",
    ),
    Code(
        "SRC014",
        "byte-order-mark",
        "info",
        """\
The file begins with a UTF-8 byte order mark, which was skipped.

Why: some readers make it part of the first key and lose the first row.
Fix: save the file as UTF-8 without a byte order mark.
Source: RFC 8259 section 8.1.""",
    ),
    Code(
        "SRC015",
        "utf16-decoded",
        "warning",
        """\
The file is UTF-16 or UTF-32 (its byte order mark says so) and was decoded.

Why: offsets in findings count the decoded UTF-8 bytes.
Fix: convert the file to UTF-8.
Source: Unicode 16 section 23.8.""",
    ),
    Code(
        "SRC016",
        "field-count",
        "error",
        """\
A CSV row has more or fewer fields than the header.

Why: readers shift, drop or pad fields, and text lands in the wrong column.
Example: header `features,description`, row `red, round,A ball`
Fix: quote the field that holds the delimiter.
Source: RFC 4180 section 2.""",
    ),
    Code(
        "SRC017",
        "unclosed-quote",
        "error",
        """\
A CSV field opens a quote that never closes.

Why: everything after it would become one field. The line is set aside and reading goes on behind.
Fix: close the quote, or double a quote that is text.
Source: RFC 4180 section 2.""",
    ),
    Code(
        "SRC018",
        "inexact-number",
        "warning",
        """\
A number cannot be held exactly by a double (an integer beyond 2^53, or more digits than fit).

Why: readers round it. Here its digits are kept in `extra` and in tool arguments.
Example: `{"id": 12345678901234567890}`
Fix: write long numbers as text.
Source: RFC 8259 section 6.""",
    ),
    Code(
        "SRC019",
        "damaged-archive",
        "error",
        """\
Compressed or columnar data ends early or fails its check sum.

Why: rows before the damage were kept; how many are missing is not known.
Fix: download or export the file again.
Source: RFC 1952, RFC 8878.""",
    ),
    Code(
        "SRC020",
        "unreadable-table",
        "error",
        """\
A Parquet or Arrow file could not be opened or failed validation.

Why: it is read in a child process with full validation, because crafted files crash readers.
Fix: write the file again with a current pyarrow.
Source: Apache Arrow security model.""",
    ),
    Code(
        "SRC021",
        "unreadable-file",
        "error",
        """\
The file does not exist or may not be read.

Fix: check the path and its permissions.
Source: POSIX `open` (ENOENT, EACCES).""",
    ),
    Code(
        "SRC022",
        "skipped-file",
        "warning",
        """\
A file in the folder was not read, because its ending names no container.

Why: nothing leaves in silence, files included.
Fix: name the file itself, or pass `--from`.
Source: Tunesmith's reader: README, Any raw export.""",
    ),
    Code(
        "SRC023",
        "mixed-shapes",
        "error",
        """\
The input mixes rows of several formats.

Why: other tools decide on the first row and misread the rest. Each row here was read by its own
shape.
Fix: `--per-row` says that this is meant; `--from FORMAT` reads all rows as one format.
Source: TRL, LLaMA-Factory and ms-swift decide per data set.""",
    ),
    Code(
        "SRC024",
        "repeated-id",
        "warning",
        """\
The export uses one id for several rows; later ones got `~2`, `~3`, ….

Why: reports and removals name rows by id.
Fix: make the ids unique.
Source: Tunesmith's rows: `schemas/row.schema.json`, `id`.""",
    ),
    Code(
        "SRC025",
        "text-between-records",
        "error",
        """\
There is text between the records of a JSON file that belongs to none.

Example: `[{"text": "a"} oops, {"text": "b"}]`
Fix: remove it; the records around it were kept.
Source: RFC 8259.""",
    ),
    Code(
        "SRC026",
        "unzip-ratio",
        "error",
        """\
The compressed file grows beyond the limit.

Why: a small file that unpacks to gigabytes is an attack or a mistake.
Fix: unpack it yourself, or raise `--limit unpacked_ratio=N`.
Source: CWE-409 (data amplification); `curate limits`.""",
    ),
    Code(
        "SRC027",
        "trailing-comma",
        "warning",
        """\
A JSON array has a comma that no record follows.

Why: strict readers refuse the file. No row was lost.
Fix: remove the comma.
Source: RFC 8259.""",
    ),
    Code(
        "SRC028",
        "unknown-column",
        "error",
        """\
A column that `--map`, `--prompt` or `--completion` names is missing or empty in this record.

Fix: name a column that the record has; `curate inspect` lists them.
Source: Tunesmith's options: docs/cli.md, `curate convert`.""",
    ),
    Code(
        "SRC029",
        "unknown-container",
        "error",
        """\
Neither the file's ending nor its first bytes say how records lie in it.

Why: an image or a program read as lines of text would become rows.
Fix: name the container with `--from` (jsonl, json, csv, lines, mbox, parquet or arrow).
Source: Tunesmith's reader: README, Any raw export.""",
    ),
    *MAIL,
    Code(
        "SRC035",
        "merged-splits",
        "warning",
        """\
Files that are named as different splits are read into one.

Why: rows that were held out for testing would be trained on.
Example: a folder with `train.jsonl` and `test.jsonl`
Fix: name one of the files, and convert each split into a folder of its own.
Source: the Hub's naming of splits (`train`, `validation`, `test`).""",
    ),
)

"""MED: media that a record's text and its columns do not agree on."""

from curate.codes.base import Code

MEDIA = (
    Code(
        "MED001",
        "media-count",
        "error",
        """\
The text has another number of media places than the record has files.

Why: the n-th tag stands for the n-th file; LLaMA-Factory counts both while it tokenises, ends the
whole run where they differ and names no row, and TRL stops at the first such row.
Example: `{"messages": [{"role": "user", "content": "<image>Who?"}, …], "images": []}`
Fix: add the missing file or take out the tag; where a tag was typed as text, put a zero-width space
(U+200B) after its `<`.
Source: LLaMA-Factory `mm_plugin._validate_messages`; TRL 1.16 `prepare_multimodal_messages`.""",
    ),
    Code(
        "MED002",
        "media-not-a-file",
        "error",
        """\
A media column holds something that names no file.

Why: a file is a path, a URL or a data URI; anything else is passed on until a loader fails on it.
Example: `"images": [7]`
Fix: write a list of paths; a video may be a list of the paths of its frames.
Source: LLaMA-Factory `data/README.md`; the `Image` feature of `datasets`.""",
    ),
)

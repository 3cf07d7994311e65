"""A notebook is its cells in order; what they printed and drew is left out and counted."""

import json

import pytest

from curate.files.limits import Limits
from curate.sources.documents.notebook import EXPORTS

(NOTEBOOK,) = EXPORTS


@pytest.fixture
def book(tmp_path, made):
    def read(content, **reading):
        path = tmp_path / "Sea levels.ipynb"
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        path.write_bytes(raw)
        return made(NOTEBOOK, path, **reading)

    return read


def cell(kind, source, **more):
    return {"cell_type": kind, "metadata": {}, "source": source, **more}


PYTHON = {"language_info": {"name": "python"}, "kernelspec": {"language": "julia"}}


def test_cells_stand_in_order_with_code_between_fences(book):
    picture = {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo="}}
    found = book(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": PYTHON,
            "cells": [
                cell("markdown", ["# Sea\n", "Levels."], attachments={"a.png": {}}),
                cell("code", "x = 1\nx", outputs=[picture, picture], execution_count=1),
                cell("code", [], outputs=[]),
                cell("raw", "raw text"),
                cell("markdown", "![plot](data:image/png;base64,iVBO) seen"),
            ],
        }
    )
    assert found.row == {
        "text": "# Sea\nLevels.\n\n```python\nx = 1\nx\n```\n\nraw text\n\nplot seen",
        "extra": {"title": "Sea levels", "code_language": "python", "nbformat": 4},
    }
    assert found.messages == ["left out: 1 attached files, 2 outputs of cells, 1 pictures"]
    assert found.notes == [("SRC086", 1)]


def test_version_3_keeps_its_cells_in_worksheets(book):
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Sea"]},
        {"cell_type": "code", "input": ["print(1)"], "language": "python", "outputs": []},
        {"cell_type": "markdown", "source": "end"},
    ]
    found = book({"nbformat": 3, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]})
    assert found.row["text"] == "## Sea\n\n```\nprint(1)\n```\n\nend"


def test_code_with_fences_has_a_longer_fence(book):
    found = book({"cells": [cell("code", "'''\n````\n'''")]})
    assert found.row["text"] == "`````\n'''\n````\n'''\n`````"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"[1, 2]",
        b'{"a": 1}',
        b'{"cells": 3}',
        b'{"cells": [3]}',
        b'{"worksheets": {"cells": []}}',
        b'{"worksheets": [3]}',
        b'{"cells": [{"source": "\\ud800"}]}',
        b'{"cells": [{"cell_type": "code", "source": "cut',
        b"[" * 100_000,
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_notebook_is_set_aside(book, content):
    assert book(content).faults == [("SRC087", 1)]


@pytest.mark.parametrize(
    "cells", [[], [cell("code", "")], [cell("markdown", None)], [cell("markdown", 3)], [{}]]
)
def test_a_notebook_without_text_is_set_aside(book, cells):
    assert book({"cells": cells}).faults == [("SRC089", 1)]


@pytest.mark.parametrize("metadata", [None, 3, {"language_info": 3}, {"kernelspec": []}, {}])
@pytest.mark.parametrize("odd", [{"nbformat": "4"}, {"nbformat": -1}, {"nbformat": True}, {}])
def test_odd_metadata_does_not_matter(book, metadata, odd):
    found = book({"metadata": metadata, "cells": [cell("code", "x", language=3)], **odd})
    assert found.row == {"text": "```\nx\n```", "extra": {"title": "Sea levels"}}


def test_a_notebook_that_is_too_long_is_set_aside(book):
    content = {"cells": [cell("markdown", "x" * 5_000)]}
    assert book(content, limits=Limits(record_bytes=1_000)).faults == [("SRC009", 1)]


def test_only_names_say_that_a_file_is_a_notebook():
    assert NOTEBOOK.sniff(b"{}", "a.ipynb")
    assert not NOTEBOOK.sniff(b'{"cells": []}', "a.json")

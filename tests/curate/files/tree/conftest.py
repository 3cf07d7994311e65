"""Archives made on the spot."""

import io
import zipfile

import pytest


@pytest.fixture
def make(tmp_path):
    """Write an archive of `(name or ZipInfo, bytes)`."""

    def make(*members, method=zipfile.ZIP_DEFLATED, before=b"", comment=b""):
        path = tmp_path / "in.zip"
        whole = io.BytesIO()
        with zipfile.ZipFile(whole, "w", method) as archive:
            for name, data in members:
                archive.writestr(name, data)
            archive.comment = comment
        path.write_bytes(before + whole.getvalue())
        return path

    return make

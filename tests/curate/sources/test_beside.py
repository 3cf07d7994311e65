"""Which files of an export are no data of their own."""

import pytest

from curate.sources.beside import beside

MAIL = "Takeout/Mail/All mail.mbox"


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ([MAIL, "Takeout/Mail/User Settings/Filters.json"], 1),
        ([MAIL, "Takeout/Mail/Nutzereinstellungen/Gesperrt.json"], 1),
        ([MAIL, "Takeout/Mail/rows.json"], 0),
        ([MAIL, "Takeout/Keep/note.json"], 0),
        (["Takeout/Mail/User Settings/Filters.json"], 0),
    ],
)
def test_settings_beside_mailboxes(names: list[str], told: int) -> None:
    found = beside(names)
    assert list(found) == names[len(names) - told :]

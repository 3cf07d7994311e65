"""SRC, what is said about folders and archives that are read in place."""

from curate.codes.base import Code

ARCHIVES = (
    Code(
        "SRC092",
        "unsafe-path",
        "error",
        """\
A member of the archive has a path that leads out of it or cannot be written.

Why: an honest export has no `../`, no absolute path, no drive letter and no control characters in
its names. Nothing is ever unpacked to disk; the member is not read.
Example: `../../.ssh/authorized_keys`
Fix: ask who made the archive; export it again.
Source: CWE-22; PKWARE APPNOTE 6.3.10, section 4.4.17.1.""",
    ),
    Code(
        "SRC093",
        "no-plain-file",
        "warning",
        """\
A link that leads out of the folder, a link to a folder, a link in an archive, or a special file.

Why: a link can name any file of the machine, and a pipe or a device never ends. Links to files
inside the same folder are read.
Example: `notes/passwords.md -> /etc/passwd`
Fix: put the file itself in the folder, or name it on the command line.
Source: CWE-59 (link following).""",
    ),
    Code(
        "SRC094",
        "sealed-member",
        "error",
        """\
A member of the archive is encrypted, or packed by a method that is not read.

Why: stored and deflated members are read; what made the archive used something else.
Example: a zip with a password; a file over 2 GB packed by Windows Explorer (method 9)
Fix: unpack the archive yourself and name the folder.
Source: PKWARE APPNOTE 6.3.10, sections 4.4.4 and 4.4.5.""",
    ),
    Code(
        "SRC095",
        "damaged-member",
        "error",
        """\
A member of the archive is damaged, or the archive says two things about it.

Why: members that share bytes, have the name of another member, or a length that is not theirs, are
how archives are made to mean different things to different readers.
Example: a check sum that is wrong after an aborted copy
Fix: download or export the archive again.
Source: PKWARE APPNOTE 6.3.10, section 4.3; Fifield 2019, A better zip bomb.""",
    ),
    Code(
        "SRC096",
        "archive-too-large",
        "error",
        """\
The archive lists more members, or unpacks to more bytes, than the limit.

Why: a small archive that unpacks to terabytes is an attack or a mistake. It is refused before
anything is unpacked.
Fix: unpack it yourself and name the folder, or raise `--limit archive_entries=N` or
`--limit archive_bytes=N`.
Source: CWE-409 (data amplification); `curate limits`.""",
    ),
    Code(
        "SRC097",
        "nested-archive",
        "warning",
        """\
An archive inside the archive is not read.

Why: archives in archives multiply what they unpack to.
Example: `Takeout/Drive/photos.zip`
Fix: take it out of the archive and name it.
Source: CWE-409 (data amplification).""",
    ),
    Code(
        "SRC098",
        "archive-not-in-place",
        "error",
        """\
The archive is of a kind that cannot be read in place: tar (tgz), 7z, rar, or one part of several.

Why: a file inside a tar can only be found by unpacking everything before it, once for each file
that is opened. Zip archives have a list of their members and need no unpacking.
Fix: unpack it and name the folder, or order the export as a zip (Google Takeout offers both).
Source: POSIX.1-2017 `pax` (ustar has no index); PKWARE APPNOTE 6.3.10.""",
    ),
    Code(
        "SRC099",
        "hidden-files",
        "info",
        """\
Hidden files and folders (their names begin with a dot) were not read.

Why: they hold settings of applications and systems, not what somebody wrote. Subfolders of a
Maildir begin with a dot and are read.
Example: `.obsidian/workspace.json`, `.DS_Store`, `__MACOSX/`
Fix: name such a file itself to read it.
Source: Tunesmith's reader: README, Any raw export.""",
    ),
)

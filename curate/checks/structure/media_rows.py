"""MED: what a row's media list and its places say, without a look at any file."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from curate.checks.base import Spot, rule
from curate.checks.structure.media_heads import IMAGES, KIND_OF_ENDING, SOUNDS, VIDEOS
from curate.checks.structure.media_refs import (
    climbs,
    ending_of,
    inline_data,
    is_absolute,
    is_address,
    is_windows,
)
from curate.checks.walk import all_turns, texts
from curate.row import Kind, Row

_KINDS: tuple[Kind, ...] = ("sft", "preference", "unpaired")
_TAG = re.compile(r"<(image|video|audio)>")
_MOST_IMAGES = 10
_HOSTED = frozenset({"png", "jpeg", "webp"})


@rule(
    "MED004",
    "media-tag-as-text",
    severity="info",
    kinds=_KINDS,
    needs=r"<(?:image|video|audio)>",
)
def media_tag_as_text(row: Row) -> Iterator[Spot]:
    """A row without media has `<image>`, `<video>` or `<audio>` in a text.

    Why: LLaMA-Factory and ms-swift take it for the place of a file; training a vision model ends
    with a number of images that does not match. Either the media column was lost, or the tag was
    typed, as in a lesson on HTML.
    Example: user "What is in this <image>?" and no `images`
    Fix: add the column of files; where the tag was typed, put a zero-width space behind its `<`.
    Source: LLaMA-Factory 0.9.5 `mm_plugin.py:_validate_messages`; LLaMA-Factory#5658.
    """
    if row.get("media"):
        return
    for pointer, _, text in texts(row):
        if found := _TAG.search(text):
            yield Spot(pointer, f"a tag at character {found.start()}, and no media", found.group())


@rule("MED005", "many-images", severity="info", kinds=_KINDS, ordinary=True)
def many_images(row: Row) -> Iterator[Spot]:
    """The row has more than 10 images.

    Why: OpenAI and Together refuse it (Azure takes 64), and the images fill the context: trainers
    that cut long rows cut the answer.
    Example: `images` with 24 paths
    Fix: keep the images that the answer is about.
    Source: OpenAI vision fine-tuning guide (10 images an example); Together SDK 1.x `check_file`.
    """
    count = sum(medium["type"] == "image" for medium in row.get("media") or ())
    if count > _MOST_IMAGES:
        yield Spot("/media", f"{count} images, expected at most {_MOST_IMAGES}", count)


@rule("MED006", "medium-twice-in-a-turn", severity="info", kinds=_KINDS, ordinary=True)
def medium_twice_in_a_turn(row: Row) -> Iterator[Spot]:
    """A turn shows one file twice.

    Why: where two pictures are compared, a copied path makes the answer wrong; else the tokens of
    the image are paid for twice. A picture that a later turn shows again is no fault.
    Example: "<image><image>What has changed?" with `"images": ["a.png", "a.png"]`
    Fix: correct the path, or take one of the places out.
    Source: LLaMA-Factory 0.9.5 `mm_plugin.py` (each place is opened and encoded by itself).
    """
    media = row.get("media") or ()
    for pointer, message in all_turns(row):
        seen: set[tuple[str, str]] = set()
        for at, part in enumerate(message.get("parts") or ()):
            if not 0 <= part.get("media", -1) < len(media):
                continue
            medium = media[part["media"]]
            name = (medium["type"], medium["ref"])
            if name in seen:
                yield Spot(f"{pointer}/parts/{at}", "a file of this turn again", name[1][:80])
            seen.add(name)


@rule("MED007", "path-of-one-machine", severity="info", kinds=_KINDS, ordinary=True)
def path_of_one_machine(row: Row) -> Iterator[Spot]:
    """A medium is named by a path from the root of a machine, or from somebody's home.

    Why: on any other machine the file is not found; LLaMA-Factory joins relative paths with its
    `media_dir`, and has nothing to join here.
    Example: `"images": ["/data/shots/17.png"]`
    Fix: write paths from the folder that the media lie in.
    Source: LLaMA-Factory 0.9.5 `converter.py:_find_medias`; LLaMA-Factory#7046.
    """
    for at, medium in enumerate(row.get("media") or ()):
        if is_absolute(medium["ref"]):
            yield Spot(f"/media/{at}", "an absolute path", medium["ref"])


@rule("MED008", "windows-path", severity="warning", kinds=_KINDS, ordinary=True)
def windows_path(row: Row) -> Iterator[Spot]:
    r"""A medium is named by a path with backslashes or a drive.

    Why: on Linux, where models are trained, the whole text is the name of one file, which does not
    exist.
    Example: `shots\17.png`
    Fix: write `/`.
    Source: Python `pathlib.PurePosixPath` (a backslash is a letter of the name); LLaMA-Factory
    0.9.5 `converter.py:_find_medias` (`os.path.isfile`).
    """
    for at, medium in enumerate(row.get("media") or ()):
        if is_windows(medium["ref"]):
            yield Spot(f"/media/{at}", "a path of Windows", medium["ref"])


@rule("MED009", "path-climbs", severity="warning", kinds=_KINDS, ordinary=True)
def path_climbs(row: Row) -> Iterator[Spot]:
    """A medium's path leads above the folder that it starts in.

    Why: the set is not complete without the folders around it, and readers that confine paths to a
    folder refuse it.
    Example: `../other/17.png`
    Fix: copy the file into the folder of media.
    Source: LLaMA-Factory 0.9.5 `converter.py:_find_medias` (joins it with `media_dir` unchecked).
    """
    for at, medium in enumerate(row.get("media") or ()):
        ref = medium["ref"]
        if not is_address(ref) and not is_absolute(ref) and climbs(ref):
            yield Spot(f"/media/{at}", "the path leads above its folder", ref)


@rule("MED010", "remote-medium", severity="info", kinds=_KINDS, ordinary=True)
def remote_medium(row: Row) -> Iterator[Spot]:
    """A medium is named by a URL.

    Why: it is fetched while training, again in every epoch and by every process, and may be gone
    or another file by then; LLaMA-Factory opens paths alone. Hosted services fetch it once.
    Example: `https://example.com/17.png`
    Fix: download the files and write their paths.
    Source: LLaMA-Factory 0.9.5 `mm_plugin.py:_regularize_images` (`Image.open`); OpenAI vision
    fine-tuning guide (images that cannot be fetched are skipped).
    """
    remote = [
        (at, medium["ref"])
        for at, medium in enumerate(row.get("media") or ())
        if medium["ref"][:8].lower().startswith(("http://", "https://"))
    ]
    if remote:
        at, ref = remote[0]
        yield Spot(f"/media/{at}", f"{len(remote)} media are fetched while training", ref)


def _data_fault(ref: str) -> str | None:
    found = inline_data(ref)
    if found is None:
        return "expected data:TYPE;base64,DATA"
    mime, data = found
    if not data:
        return "the data is empty"
    if "/" not in mime:
        return "no media type"
    try:
        base64.b64decode(data, validate=True)
    except binascii.Error as error:
        return f"not base64: {error}"
    return None


@rule("MED011", "broken-data-uri", severity="error", kinds=_KINDS, ordinary=True)
def broken_data_uri(row: Row) -> Iterator[Spot]:
    """Media inside the row are not base64, or have no media type.

    Why: nobody can open them: hosted services refuse the line, trainers end the run.
    Example: `data:image/png;base64,` with nothing behind, or a text that was cut
    Fix: encode the file again, or remove the row.
    Source: RFC 2397 (data URLs) and RFC 4648 (base64); OpenAI API specification (image_url).
    """
    for at, medium in enumerate(row.get("media") or ()):
        ref = medium["ref"]
        if ref.startswith("data:") and (fault := _data_fault(ref)):
            yield Spot(f"/media/{at}", fault, ref[:40])


@rule("MED012", "medium-without-place", severity="warning", kinds=_KINDS, ordinary=True)
def medium_without_place(row: Row) -> Iterator[Spot]:
    """The row lists a file that no turn shows.

    Why: the model is asked about a picture that it never sees; formats with tags count files and
    places and refuse the row.
    Example: two entries of `media`, and parts that point at the first alone
    Fix: add the part that shows it, or take the file out.
    Source: TRL 1.16 `data_utils.py:prepare_multimodal_messages` (the numbers must agree).
    """
    shown = {
        part["media"]
        for _, message in all_turns(row)
        for part in message.get("parts") or ()
        if "media" in part
    }
    for at, medium in enumerate(row.get("media") or ()):
        if at not in shown:
            yield Spot(f"/media/{at}", "no part shows this file", medium["ref"][:80])


_OTHER_KINDS = {
    "image": (SOUNDS | VIDEOS) - IMAGES,
    "audio": IMAGES,
    # A video may be the list of its frames.
    "video": SOUNDS,
}


@rule("MED013", "medium-in-other-column", severity="warning", kinds=_KINDS, ordinary=True)
def medium_in_other_column(row: Row) -> Iterator[Spot]:
    """A file's name says another kind of media than the place that it stands in.

    Why: the reader of that place cannot open it, and the run ends there.
    Example: `"images": ["talk.mp3"]`
    Fix: move it to its own column and use its own tag.
    Source: LLaMA-Factory 0.9.5 `mm_plugin.py` (images are opened by Pillow, audios by torchaudio).
    """
    for at, medium in enumerate(row.get("media") or ()):
        kind = KIND_OF_ENDING.get(ending_of(medium["ref"]))
        if kind in _OTHER_KINDS.get(medium["type"], ()):
            yield Spot(f"/media/{at}", f"{kind}, expected {medium['type']}", medium["ref"][-80:])


@rule("MED014", "image-format-not-hosted", severity="info", kinds=_KINDS, ordinary=True)
def image_format_not_hosted(row: Row) -> Iterator[Spot]:
    """An image's name is not that of a JPEG, PNG or WEBP.

    Why: OpenAI, Together and Fireworks take these alone; SVG, HEIC and AVIF need programs that
    trainers do not bring.
    Example: `logo.svg`
    Fix: convert the image.
    Source: OpenAI vision fine-tuning guide (JPEG, PNG, WEBP); Together SDK 1.x `check_file`.
    """
    for at, medium in enumerate(row.get("media") or ()):
        kind = KIND_OF_ENDING.get(ending_of(medium["ref"]))
        if medium["type"] == "image" and kind in IMAGES - _HOSTED:
            yield Spot(f"/media/{at}", f"{kind}, expected jpeg, png or webp", medium["ref"][-80:])


RULES = (
    media_tag_as_text,
    many_images,
    medium_twice_in_a_turn,
    path_of_one_machine,
    windows_path,
    path_climbs,
    remote_medium,
    broken_data_uri,
    medium_without_place,
    medium_in_other_column,
    image_format_not_hosted,
)

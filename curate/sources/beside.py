"""Files that applications write into an export beside its messages, told by their names."""

from __future__ import annotations

import re
from collections.abc import Collection

_CONVERSATIONS = re.compile(r"(?P<folder>(?:.*/)?)conversations(?:-\d+)?\.json")
# Source: data exports of ChatGPT and Claude of 2023 to 2026.
_OF_ASSISTANTS = frozenset(
    (
        *("user.json", "users.json", "user_settings.json", "message_feedback.json", "sora.json"),
        *("shared_conversations.json", "model_comparisons.json", "group_chats.json", "chat.html"),
        *("export_manifest.json", "shopping.json", "projects.json", "memories.json"),
    )
)
_THREAD = re.compile(
    r"(?P<root>(?:.*?/)??)(?:your_(?:instagram|facebook)_activity/)?messages/"
    r"(?:inbox|archived_threads|filtered_threads|message_requests|e2ee_cutover)/"
    r"[^/]+/message_\d+\.json"
)
# Source: "Download your information" of Instagram and Facebook, 2022 to 2025.
_OF_META = re.compile(
    r"start_here\.html|(?:your_(?:instagram|facebook)_activity|personal_information|connections|"
    r"logged_information|preferences|security_and_login_information|ads_information|messages|"
    r"apps_and_websites_off_of_(?:instagram|facebook)|media|profile_information|posts|comments|"
    r"friends_and_followers|followers_and_following|likes)/.*\.(?:json|html)"
)


def beside(names: Collection[str]) -> dict[str, str]:
    """Return which files of a folder or an archive are no data of their own, each with the reason.

    Beside `conversations.json` of an assistant these are the account, its settings and lists of
    conversations; beside inboxes of Instagram and Facebook everything else of their archive; JSON
    in a folder beside mailboxes is Gmail's `User Settings`, whose name Takeout translates.

    Args:
        names: Paths with `/`.
    """
    folders = {found["folder"] for name in names if (found := _CONVERSATIONS.fullmatch(name))}
    roots = {found["root"] for name in names if (found := _THREAD.fullmatch(name))}
    mail = {name.rpartition("/")[0] for name in names if name.lower().endswith(".mbox")}
    told: dict[str, str] = {}
    for name in names:
        folder, _, last = name.rpartition("/")
        if last in _OF_ASSISTANTS and (f"{folder}/" if folder else "") in folders:
            told[name] = "it stands beside the conversations of an assistant and holds none"
        elif last.endswith(".json") and folder not in mail and folder.rpartition("/")[0] in mail:
            told[name] = "it holds settings of the mailboxes beside it, and no mail"
        elif any(
            name.startswith(root) and _OF_META.fullmatch(name, len(root)) is not None
            for root in roots
        ):
            told[name] = "it is part of an archive of Instagram or Facebook and holds no messages"
    return told

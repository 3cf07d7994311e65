"""A Hub on this machine: the routes that `huggingface_hub` calls to list, fetch and upload."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import yaml

TOKEN = "hf_" + "secrettoken" * 2


@dataclass
class Repo:
    """A data set: its branches, each a list of commits, each commit its files."""

    files: dict[str, bytes]
    private: bool = False
    gated: bool = False
    branches: dict[str, list[str]] = field(default_factory=dict)
    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.commit("main", self.files)

    def commit(self, branch: str, files: dict[str, bytes]) -> str:
        key = repr((branch, sorted(files.items()), len(self.commits)))
        commit = hashlib.sha1(key.encode()).hexdigest()
        self.commits[commit] = dict(files)
        self.branches.setdefault(branch, []).append(commit)
        return commit

    def head(self, revision: str) -> str | None:
        if revision in self.commits:
            return revision
        return self.branches[revision][-1] if revision in self.branches else None


@dataclass
class Hub:
    """The server: data sets by name, and what was asked of it."""

    repos: dict[str, Repo] = field(default_factory=dict)
    writers: set[str] = field(default_factory=lambda: {"me"})
    asked: list[tuple[str, str]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    broken: int | None = None
    url: str = ""

    def paths(self, method: str) -> list[str]:
        return [path for asked, path in self.asked if asked == method]


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def answer_json(self, value: Any, status: int = 200) -> None:
        self.answer(status, json.dumps(value).encode(), Content_Type="application/json")

    def refuse(self, status: int, code: str) -> None:
        self.answer(status, b"{}", X_Error_Code=code, X_Error_Message=code)

    def handle_one(self) -> None:
        hub = self.hub
        path = unquote(urlsplit(self.path).path)
        hub.asked.append((self.command, path))
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size)
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        if token:
            hub.tokens.add(token)
        if hub.broken:
            self.answer(hub.broken)
            return
        if path == "/api/validate-yaml":
            self.answer_json({"errors": [], "warnings": []})
        elif path == "/api/repos/create":
            self._create(json.loads(body), token)
        elif path.startswith("/api/datasets/"):
            self._api(path.removeprefix("/api/datasets/"), body, token)
        elif path.startswith("/datasets/"):
            self._resolve(path.removeprefix("/datasets/"), token)
        else:
            self.refuse(404, "Unknown")

    do_GET = do_HEAD = do_POST = handle_one

    def _repo(self, name: str, token: str) -> Repo | None:
        repo = self.hub.repos.get(name)
        if repo is None or (repo.private and token != TOKEN):
            self.refuse(404 if token else 401, "RepoNotFound")
            return None
        return repo

    def _create(self, asked: dict[str, Any], token: str) -> None:
        name = f"{asked['organization']}/{asked['name']}"
        if token != TOKEN or asked["organization"] not in self.hub.writers:
            self.refuse(403, "Forbidden")
        elif name in self.hub.repos:
            self.answer_json({"error": "exists"}, 409)
        else:
            private = asked.get("private", asked.get("visibility") == "private")
            self.hub.repos[name] = Repo({".gitattributes": b""}, private=private)
            self.answer_json({"url": f"{self.hub.url}/datasets/{name}"})

    def _api(self, rest: str, body: bytes, token: str) -> None:
        owner, name, *more = rest.split("/")
        repo = self._repo(f"{owner}/{name}", token)
        if repo is None:
            return
        what, revision = (more[0], "/".join(more[1:])) if more else ("revision", "main")
        if what == "branch":
            repo.branches.setdefault(revision, list(repo.branches["main"]))
            self.answer_json({})
            return
        commit = repo.head(revision)
        if commit is None:
            self.refuse(404, "RevisionNotFound")
        elif self.command == "POST" and token != TOKEN:
            self.refuse(403, "Forbidden")
        elif what == "revision":
            self.answer_json(_about(f"{owner}/{name}", repo, commit))
        elif what == "tree":
            entries = [_entry(path, data) for path, data in repo.commits[commit].items()]
            self.answer_json(entries)
        elif what == "preupload":
            asked = json.loads(body)["files"]
            files = [
                {"path": f["path"], "uploadMode": "regular", "shouldIgnore": False} for f in asked
            ]
            self.answer_json({"files": files})
        else:
            self._commit(f"{owner}/{name}", revision, body)

    def _commit(self, name: str, branch: str, body: bytes) -> None:
        repo = self.hub.repos[name]
        files = dict(repo.commits[repo.branches[branch][-1]])
        for line in body.splitlines():
            item = json.loads(line)
            value = item["value"]
            if item["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif item["key"] == "deletedFile":
                del files[value["path"]]
        commit = repo.commit(branch, files)
        url = f"{self.hub.url}/datasets/{name}/commit/{commit}"
        self.answer_json({"commitUrl": url, "commitOid": commit})

    def _resolve(self, rest: str, token: str) -> None:
        owner, name, _, revision, *path = rest.split("/")
        repo = self._repo(f"{owner}/{name}", token)
        if repo is None:
            return
        if repo.gated and token != TOKEN:
            self.refuse(403, "GatedRepo")
            return
        commit = repo.head(revision)
        data = repo.commits[commit].get("/".join(path)) if commit else None
        if commit is None or data is None:
            self.refuse(404, "EntryNotFound")
            return
        etag = f'"{hashlib.sha1(data).hexdigest()}"'
        self.answer(200, data, X_Repo_Commit=commit, ETag=etag)


def _about(name: str, repo: Repo, commit: str) -> dict[str, Any]:
    files = repo.commits[commit]
    card = files.get("README.md", b"").decode().split("---\n")
    return {
        "id": name,
        "sha": commit,
        "private": repo.private,
        "gated": "auto" if repo.gated else False,
        "tags": [],
        "downloads": 0,
        "likes": 0,
        "siblings": [{"rfilename": path} for path in files],
        "cardData": yaml.safe_load(card[1]) if len(card) > 2 else None,
    }


def _entry(path: str, data: bytes) -> dict[str, Any]:
    return {"type": "file", "path": path, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}


@contextmanager
def running() -> Iterator[Hub]:
    """Run a server for the block."""
    hub = Hub()
    handler = type("Handler", (_Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()


def reached(hub: Hub, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Let this process reach the server, and no other, with a cache and no token of its own."""
    from huggingface_hub import constants

    # The package read its environment when it was imported.
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(home / "hub"))
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(home / "token"))
    monkeypatch.setattr(constants, "HF_STORED_TOKENS_PATH", str(home / "stored_tokens"))
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)

"""The Hub's routes: what each answers, as huggingface_hub 2.4 and datasets 5.2 read it."""

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import yaml

from tests.hub.state import Commit, Entry, HubRepository, Request

if TYPE_CHECKING:
    from tests.hub.server import LocalHub

_WHEN = "2026-11-21T00:00:00.000Z"
_TREE_PAGE = 7
"""Entries of one page of a tree: few, so that paging is met."""
_LARGE_NAMES = (".parquet", ".bin")


@dataclass
class Reply:
    """An answer."""

    status: int
    body: Any = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Call:
    """A request, taken apart."""

    hub: "LocalHub"
    names: dict[str, str]
    query: str
    headers: dict[str, str]
    method: str
    body: bytes = b""

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    def repo_in_body(self) -> str:
        written = self.json
        return f"{written['organization']}/{written['name']}"

    def asked(self, name: str, otherwise: str = "") -> str:
        return parse_qs(self.query).get(name, [otherwise])[0]

    @property
    def token(self) -> str:
        found = {name.lower(): value for name, value in self.headers.items()}
        return found.get("authorization", "").removeprefix("Bearer ")

    def repository(self, write: bool = False) -> HubRepository | Reply:
        """The repository asked for, or why not."""
        if self.token and self.token != self.hub.token:
            # The Hub repeats nothing of the token; a careless proxy might.
            return Reply(
                401,
                {"error": f"Invalid credentials: {self.token}"},
                {"X-Error-Message": "Invalid credentials in Authorization header"},
            )
        repo = self.hub.repos.get(self.names["repo"])
        allowed = self.token == self.hub.token
        if repo is None or (repo.private and not allowed):
            return Reply(404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})
        if write and not allowed:
            return Reply(403, {"error": "Forbidden"}, {"X-Error-Message": "You may not write here"})
        return repo

    def commit(self, revision: str = "main") -> tuple[HubRepository, Commit] | Reply:
        """The repository and the commit asked for, or why not."""
        repo = self.repository()
        if isinstance(repo, Reply):
            return repo
        oid = repo.resolve(self.names.get("rev", revision))
        if oid is None:
            return Reply(404, {"error": "Invalid rev id"}, {"X-Error-Code": "RevisionNotFound"})
        return repo, repo.commits[oid]


def create(call: Call) -> Reply:
    name = call.repo_in_body()
    if call.token != call.hub.token:
        return Reply(401, {"error": "Invalid username or password."})
    if name in call.hub.repos:
        return Reply(409, {"error": "exists", "url": f"{call.hub.url}/datasets/{name}"})
    call.hub.repos[name] = HubRepository(name, call.json.get("visibility") == "private")
    return Reply(200, {"url": f"{call.hub.url}/datasets/{name}", "name": name, "id": name})


def validate(call: Call) -> Reply:
    text = call.json["content"]
    header = yaml.safe_load(text.split("---\n")[1]) if text.startswith("---\n") else {}
    licence = str(header.get("license", "other"))
    if licence != licence.lower():
        return Reply(400, {"errors": [{"message": f'"license" must be a known identifier, got {licence}'}]})
    return Reply(200, {"errors": [], "warnings": []})


def info(call: Call) -> Reply:
    found = call.commit()
    if isinstance(found, Reply):
        return found
    repo, commit = found
    files = [{"rfilename": path} for path in sorted(commit.tree)]
    return Reply(
        200,
        {
            "_id": "0" * 24,
            "id": repo.name,
            "sha": commit.oid,
            "lastModified": _WHEN,
            "siblings": files,
            "private": repo.private,
            "gated": False,
            "disabled": False,
            "downloads": 0,
            "likes": 0,
            "tags": [],
        },
    )


def refs(call: Call) -> Reply:
    repo = call.repository()
    if isinstance(repo, Reply):
        return repo
    heads = [(n, oid) for n, oid in repo.branches.items() if not n.startswith("refs/pr/")]
    requests = [(n, oid) for n, oid in repo.branches.items() if n.startswith("refs/pr/")]
    answer = {
        "branches": [{"name": n, "ref": f"refs/heads/{n}", "targetCommit": oid} for n, oid in heads],
        "converts": [],
        "tags": [{"name": n, "ref": f"refs/tags/{n}", "targetCommit": oid} for n, oid in repo.tags.items()],
    }
    if call.asked("include_prs"):
        answer["pullRequests"] = [
            {"name": n.removeprefix("refs/"), "ref": n, "targetCommit": oid} for n, oid in requests
        ]
    return Reply(200, answer)


def _entry(path: str, entry: Entry) -> dict[str, Any]:
    described: dict[str, Any] = {
        "type": "file",
        "path": path,
        "size": len(entry.content),
        "oid": entry.blob,
    }
    if entry.large:
        described["lfs"] = {"oid": entry.sha256, "size": len(entry.content), "pointerSize": 130}
    return described


def tree(call: Call) -> Reply:
    found = call.commit()
    if isinstance(found, Reply):
        return found
    folder = call.names.get("path", "").strip("/")
    inside = {p: e for p, e in found[1].tree.items() if not folder or p.startswith(f"{folder}/")}
    if folder and not inside:
        return Reply(404, {"error": "no such folder"}, {"X-Error-Code": "EntryNotFound"})
    depth = folder.count("/") + 1 if folder else 0
    folders = {"/".join(p.split("/")[:n]) for p in inside for n in range(depth + 1, p.count("/") + 1)}
    entries: list[dict[str, Any]] = [
        {"type": "directory", "path": f, "size": 0, "oid": "0" * 40} for f in sorted(folders)
    ]
    entries += [_entry(path, entry) for path, entry in sorted(inside.items())]
    if call.asked("recursive").lower() not in ("true", "1"):
        entries = [e for e in entries if e["path"].count("/") == depth]
    start = int(call.asked("cursor", "0"))
    headers = {}
    if start + _TREE_PAGE < len(entries):
        rest = "&".join(p for p in call.query.split("&") if p and not p.startswith("cursor="))
        place = f"/api/datasets/{call.names['repo']}/tree/{found[1].oid}" + (f"/{folder}" if folder else "")
        headers["Link"] = f'<{call.hub.url}{place}?{rest}&cursor={start + _TREE_PAGE}>; rel="next"'
    return Reply(200, entries[start : start + _TREE_PAGE], headers)


def commits(call: Call) -> Reply:
    found = call.commit()
    if isinstance(found, Reply):
        return found
    listed = [
        {"id": c.oid, "authors": [{"user": "team"}], "date": _WHEN, "title": c.title, "message": ""}
        for c in found[0].history(found[1].oid)
    ]
    return Reply(200, listed)


def paths_info(call: Call) -> Reply:
    found = call.commit()
    if isinstance(found, Reply):
        return found
    files = found[1].tree
    answer = []
    for path in parse_qs(call.body.decode()).get("paths", []):
        if path in files:
            answer.append(_entry(path, files[path]))
        elif any(p.startswith(f"{path}/") for p in files):
            answer.append({"type": "directory", "path": path, "size": 0, "oid": "0" * 40})
    return Reply(200, answer)


def preupload(call: Call) -> Reply:
    found = call.commit()
    if isinstance(found, Reply):
        return found
    files = found[1].tree
    answer = []
    for asked in call.json["files"]:
        there = files.get(asked["path"])
        large = asked["path"].endswith(_LARGE_NAMES) or asked["size"] > 5_000_000
        oid = None if there is None else there.sha256 if there.large else there.blob
        answer.append(
            {
                "path": asked["path"],
                "uploadMode": "lfs" if large else "regular",
                "shouldIgnore": False,
                "oid": oid,
            }
        )
    return Reply(200, {"files": answer})


def batch(call: Call) -> Reply:
    repo = call.repository(write=True)
    if isinstance(repo, Reply):
        return repo
    objects = []
    for asked in call.json["objects"]:
        one: dict[str, Any] = {"oid": asked["oid"], "size": asked["size"]}
        if asked["oid"] not in repo.objects:
            place = f"{call.hub.url}/storage/{repo.name}"
            one["actions"] = {
                "upload": {"href": f"{place}/{asked['oid']}?X-Amz-Signature=signedsecret"},
                "verify": {"href": f"{place}/verify"},
            }
        objects.append(one)
    return Reply(200, {"transfer": "basic", "objects": objects})


def put(call: Call) -> Reply:
    repo, oid = call.hub.repos[call.names["repo"]], call.names["oid"]
    if Entry(call.body, True).sha256 != oid:
        return Reply(400, {"error": "the content has another hash"})
    with repo.lock:
        repo.objects[oid] = call.body
        call.hub.uploads[repo.name][oid] += 1
    return Reply(200, b"", {"ETag": f'"{oid}"'})


def verify(call: Call) -> Reply:
    repo = call.repository(write=True)
    if isinstance(repo, Reply):
        return repo
    there = repo.objects.get(call.json["oid"])
    right = there is not None and len(there) == call.json["size"]
    return Reply(200 if right else 404, {})


def commit(call: Call) -> Reply:
    repo = call.repository(write=True)
    if isinstance(repo, Reply):
        return repo
    lines = [json.loads(line) for line in call.body.splitlines() if line.strip()]
    header = next(line["value"] for line in lines if line["key"] == "header")
    branch = call.names["rev"]
    with repo.lock:
        head = repo.branches.get(branch)
        if head is None:
            return Reply(404, {"error": "Invalid rev id"}, {"X-Error-Code": "RevisionNotFound"})
        if header.get("parentCommit") not in (None, head):
            return Reply(412, {"error": "A commit has happened since. Please refresh and try again."})
        files = dict(repo.commits[head].tree)
        for line in lines:
            if refusal := _change(repo, files, line["key"], line["value"]):
                return refusal
        oid = repo.add(branch, head, header["summary"], files)
    return Reply(
        200,
        {
            "success": True,
            "commitOid": oid,
            "commitUrl": f"{call.hub.url}/datasets/{repo.name}/commit/{oid}",
            "hookOutput": "",
        },
    )


def _change(repo: HubRepository, files: dict[str, Entry], key: str, value: dict[str, Any]) -> Reply | None:
    if key == "file":
        files[value["path"]] = Entry(base64.b64decode(value["content"]), False)
    elif key == "lfsFile":
        if value["oid"] not in repo.objects:
            return Reply(400, {"error": f"LFS pointer to {value['oid']}, which was not uploaded"})
        files[value["path"]] = Entry(repo.objects[value["oid"]], True)
    elif key == "deletedFile":
        if files.pop(value["path"], None) is None:
            return Reply(
                404, {"error": "A file with this name doesn't exist"}, {"X-Error-Code": "EntryNotFound"}
            )
    elif key == "deletedFolder":
        for path in [p for p in files if p.startswith(value["path"].rstrip("/") + "/")]:
            del files[path]
    return None


def tag(call: Call) -> Reply:
    found = call.commit()
    if isinstance(found, Reply):
        return found
    repo, at = found
    if (refused := call.repository(write=True)) and isinstance(refused, Reply):
        return refused
    name = call.json["tag"]
    if name in repo.tags:
        return Reply(409, {"error": "Tag reference exists already"})
    repo.tags[name] = at.oid
    return Reply(201, {})


def branch(call: Call) -> Reply:
    repo = call.repository(write=True)
    if isinstance(repo, Reply):
        return repo
    start = repo.resolve((call.json if call.body else {}).get("startingPoint", "main"))
    if start is None or call.names["rev"] in repo.branches:
        return Reply(409, {"error": "exists, or no such starting point"})
    repo.branches[call.names["rev"]] = start
    return Reply(201, {})


def _discussion(call: Call, repo: HubRepository, request: Request) -> dict[str, Any]:
    return {
        "num": request.number,
        "title": request.title,
        "author": {"name": "team"},
        "createdAt": _WHEN,
        "status": request.status,
        "repo": {"name": repo.name, "type": "dataset"},
        "isPullRequest": True,
        "changes": {"base": "refs/heads/main"},
        "filesWithConflicts": [],
        "events": [],
    }


def new_discussion(call: Call) -> Reply:
    repo = call.repository(write=True)
    if isinstance(repo, Reply):
        return repo
    with repo.lock:
        request = Request(len(repo.requests) + 1, call.json["title"])
        repo.requests.append(request)
        repo.branches[f"refs/pr/{request.number}"] = repo.branches["main"]
    return Reply(200, _discussion(call, repo, request))


def discussions(call: Call) -> Reply:
    repo = call.repository()
    if isinstance(repo, Reply):
        return repo
    found = [_discussion(call, repo, request) for request in repo.requests]
    return Reply(200, {"count": len(found), "start": 0, "discussions": found})


def discussion(call: Call) -> Reply:
    repo = call.repository()
    if isinstance(repo, Reply):
        return repo
    return Reply(200, _discussion(call, repo, repo.requests[int(call.names["num"]) - 1]))


def discussion_status(call: Call) -> Reply:
    repo = call.repository(write=True)
    if isinstance(repo, Reply):
        return repo
    repo.requests[int(call.names["num"]) - 1].status = call.json["status"]
    event = {
        "id": "1",
        "type": "status-change",
        "createdAt": _WHEN,
        "author": {"name": "team"},
        "data": {"status": call.json["status"]},
    }
    return Reply(200, {"newStatus": event})


def resolve(call: Call) -> Reply:
    """A file: its head, or the bytes asked for."""
    found = call.commit()
    if isinstance(found, Reply):
        return found
    entry = found[1].tree.get(call.names["path"])
    if entry is None:
        headers = {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": found[1].oid}
        return Reply(404, {"error": "Entry not found"}, headers)
    content = call.hub.spoilt.get((call.names["repo"], call.names["path"]), entry.content)
    headers = {
        "X-Repo-Commit": found[1].oid,
        "ETag": f'"{entry.sha256 if entry.large else entry.blob}"',
        "Accept-Ranges": "bytes",
        "Content-Type": "application/octet-stream",
    }
    if entry.large:
        headers |= {"X-Linked-Etag": f'"{entry.sha256}"', "X-Linked-Size": str(len(content))}
    asked = {name.lower(): value for name, value in call.headers.items()}.get("range", "")
    if call.method == "HEAD" or not asked.startswith("bytes="):
        return Reply(200, content, headers)
    first, _, last = asked.removeprefix("bytes=").partition("-")
    start = int(first) if first else len(content) - int(last)
    end = min(int(last), len(content) - 1) if last and first else len(content) - 1
    headers["Content-Range"] = f"bytes {start}-{end}/{len(content)}"
    return Reply(206, content[start : end + 1], headers)

"""A Hugging Face Hub on this machine, with as much of its protocol as huggingface_hub needs to
create a repository, upload a folder and download a snapshot. All files are regular ones of git."""

import base64
import contextlib
import dataclasses
import hashlib
import http.server
import json
import re
import threading
import urllib.parse
from collections.abc import Iterator

TOKEN = "hf_of_the_tests"


@dataclasses.dataclass
class Repository:
    """A repository whose branch has one line of commits.

    Args:
        private: whether reading needs the token.
        commits: the files after each commit, by commit, the newest last.
        messages: the message of each commit.
    """

    private: bool
    commits: dict[str, dict[str, bytes]] = dataclasses.field(default_factory=dict)
    messages: list[str] = dataclasses.field(default_factory=list)

    @property
    def head(self) -> str:
        return list(self.commits)[-1]

    @property
    def files(self) -> dict[str, bytes]:
        """The files of the newest commit."""
        return self.commits[self.head]

    def commit(self, files: dict[str, bytes], message: str) -> str:
        name = hashlib.sha1(f"{message} {len(self.commits)}".encode()).hexdigest()
        self.commits[name] = files
        self.messages.append(message)
        return name


def blob(content: bytes) -> str:
    """The name of a file's content in git."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


class Refusal(Exception):
    """Answered with a status, a code of the hub and a message."""

    def __init__(self, status: int, code: str, message: str):
        super().__init__(message)
        self.status, self.code = status, code


class Hub(http.server.ThreadingHTTPServer):
    """The server. `repositories` are by `owner/name`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.repositories: dict[str, Repository] = {}
        self.pages: list[str] = []  # whose metadata were to be checked
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        self.answer("GET")

    def do_HEAD(self) -> None:
        self.answer("HEAD")

    def do_POST(self) -> None:
        self.answer("POST")

    def log_message(self, *arguments: object) -> None:
        pass

    def answer(self, method: str) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urllib.parse.unquote(self.path.partition("?")[0])
        try:
            for allowed, pattern, handle in ROUTES:
                match = re.fullmatch(pattern, path)
                if match and method in allowed.split():
                    return handle(self, **match.groupdict())
            raise Refusal(404, "EntryNotFound", f"{method} {path} is not a part of this hub.")
        except Refusal as error:
            headers = {"X-Error-Code": error.code, "X-Error-Message": str(error)}
            self.reply_json({"error": str(error)}, error.status, headers)

    def reply(self, content: bytes, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def reply_json(self, record: object, status: int = 200, headers: dict | None = None) -> None:
        headers = {"Content-Type": "application/json", **(headers or {})}
        self.reply(json.dumps(record).encode(), status, headers)

    @property
    def has_login(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {TOKEN}"

    def need_login(self) -> None:
        if not self.has_login:
            raise Refusal(401, "", "Invalid username or password.")

    def repository(self, name: str) -> Repository:
        found = self.server.repositories.get(name)
        if found is None or (found.private and not self.has_login):
            raise Refusal(401 if found else 404, "RepoNotFound", "Repository not found")
        return found

    def revision(self, name: str, revision: str) -> tuple[str, dict[str, bytes]]:
        repository = self.repository(name)
        commit = repository.head if revision == "main" else revision
        if commit not in repository.commits:
            raise Refusal(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        return commit, repository.commits[commit]

    def create(self) -> None:
        self.need_login()
        asked = json.loads(self.body)
        name = f"{asked['organization']}/{asked['name']}"
        record, exists = {"url": f"{self.server.url}/{name}"}, name in self.server.repositories
        if exists:
            return self.reply_json({**record, "error": "You already created this repo"}, 409)
        private = asked.get("visibility") == "private" or asked.get("private", False)
        repository = self.server.repositories[name] = Repository(private)
        repository.commit({".gitattributes": b"*.h5 filter=lfs\n"}, "initial commit")
        return self.reply_json(record)

    def check_page(self) -> None:
        self.server.pages.append(json.loads(self.body)["content"])
        self.reply_json({"errors": [], "warnings": []})

    def preupload(self, name: str) -> None:
        self.need_login()
        old = self.repository(name).files
        self.reply_json(
            {
                "files": [
                    {"path": path, "uploadMode": "regular", "shouldIgnore": False}
                    | ({"oid": blob(old[path])} if path in old else {})
                    for path in (file["path"] for file in json.loads(self.body)["files"])
                ]
            }
        )

    def commit(self, name: str) -> None:
        self.need_login()
        repository = self.repository(name)
        files, message = dict(repository.files), ""
        for line in self.body.splitlines():
            record = json.loads(line)
            value = record["value"]
            if record["key"] == "header":
                message = value["summary"]
            elif record["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif record["key"] == "deletedFile":
                del files[value["path"]]
            else:
                raise Refusal(400, "", f"Expected regular files. Received: {record['key']}.")
        commit = repository.commit(files, message)
        url = f"{self.server.url}/{name}/commit/{commit}"
        self.reply_json({"success": True, "commitOid": commit, "commitUrl": url})

    def info(self, name: str, revision: str | None = None) -> None:
        commit, files = self.revision(name, revision or "main")
        record = {"id": name, "sha": commit, "private": self.repository(name).private}
        self.reply_json(record | {"siblings": [{"rfilename": path} for path in files]})

    def tree(self, name: str, revision: str) -> None:
        _, files = self.revision(name, revision)
        self.reply_json(
            [
                {"type": "file", "path": path, "size": len(content), "oid": blob(content)}
                for path, content in files.items()
            ]
        )

    def resolve(self, name: str, revision: str, path: str) -> None:
        commit, files = self.revision(name, revision)
        if path not in files:
            raise Refusal(404, "EntryNotFound", f"{path} does not exist")
        headers = {"X-Repo-Commit": commit, "ETag": f'"{blob(files[path])}"'}
        self.reply(files[path], 200, headers)


_NAME, _REVISION = r"(?P<name>[^/]+/[^/]+)", r"(?P<revision>[^/]+)"
ROUTES = (
    ("POST", "/api/repos/create", Handler.create),
    ("POST", "/api/validate-yaml", Handler.check_page),
    ("POST", f"/api/models/{_NAME}/preupload/main", Handler.preupload),
    ("POST", f"/api/models/{_NAME}/commit/main", Handler.commit),
    ("GET", f"/api/models/{_NAME}(/revision/{_REVISION})?", Handler.info),
    ("GET", f"/api/models/{_NAME}/tree/{_REVISION}", Handler.tree),
    ("GET HEAD", f"/{_NAME}/resolve/{_REVISION}/(?P<path>.+)", Handler.resolve),
)


@contextlib.contextmanager
def serving() -> Iterator[Hub]:
    """A hub that answers in a thread."""
    with Hub() as hub:
        thread = threading.Thread(target=hub.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield hub
        finally:
            hub.shutdown()
            thread.join()

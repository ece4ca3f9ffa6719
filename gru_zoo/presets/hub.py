"""Presets from and to the Hugging Face Hub."""

import contextlib
import os
import pathlib
import re
from collections.abc import Iterator
from typing import Any

HUB_PREFIX = "hf://"

_URL = re.compile(rf"{HUB_PREFIX}(?P<repository>[^/@]+/[^/@]+)(@(?P<revision>.+))?")
_TARGET = re.compile(rf"{HUB_PREFIX}(?P<repository>\w[\w.-]*/\w([\w.-]*\w)?)", re.ASCII)

# Files that not every preset has: an upload removes those of the preset that it replaces.
_OPTIONAL_FILES = ("assets/*", "history.csv")


def is_hub_url(name: str | os.PathLike) -> bool:
    """Whether a name begins with `hf://`."""
    return os.fspath(name).startswith(HUB_PREFIX)


def download_snapshot(url: str) -> pathlib.Path:
    """Download a repository of the hub, or find it in the hub's own cache.

    Args:
        url: `hf://owner/name` for the newest commit of the main branch, or
            `hf://owner/name@revision` for a branch, a tag or a commit.

    Returns:
        The folder of the snapshot. Its files may be links into the cache of the hub.

    Raises:
        ImportError: if huggingface_hub is not installed.
        ValueError: if the URL has another form.
        OSError: if the repository or the revision is not found, or cannot be downloaded.
    """
    match = _match(url)
    package = _package(f"Loading '{url}'")
    advice = (
        "Check the name and the revision, the network connection and, if the repository is "
        "private, your login (`hf auth login`)."
    )
    with _os_errors(f"download '{url}' from the Hugging Face Hub", advice):
        folder = package.snapshot_download(match["repository"], revision=match["revision"])
    return pathlib.Path(folder)


def upload_folder(url: str, folder: pathlib.Path, private: bool, message: str) -> str:
    """Upload the folder of a preset to the hub, as one commit to the main branch.

    Files of the repository that belong to no preset stay as they are.

    Args:
        url: `hf://owner/name`. The repository is created if there is none.
        folder: the folder.
        private: whether the repository must be private. False leaves a new one to the settings of
            its owner, which are public unless an organization says otherwise.
        message: message of the commit.

    Returns:
        `hf://owner/name@commit`, which always loads these files.

    Raises:
        ImportError: if huggingface_hub is not installed.
        ValueError: if the URL has another form, or the repository is public and should not be.
        OSError: if the upload fails.
    """
    repository = check_upload(url)
    api = _package(f"Uploading to '{url}'").HfApi()
    action = f"upload to '{url}' on the Hugging Face Hub"
    advice = (
        "Log in with a token that may write there (`hf auth login`), and check the owner, the name "
        "and the network connection."
    )
    with _os_errors(action, advice, lines=3):
        api.create_repo(repository, private=private or None, exist_ok=True)
        exposed = private and not api.model_info(repository).private
    if exposed:
        raise ValueError(
            f"Expected a private repository. Received: '{url}', which exists and is public. Make "
            "it private in its settings, or choose another name."
        )
    with _os_errors(action, advice, lines=3):
        commit = api.upload_folder(
            repo_id=repository,
            folder_path=folder,
            commit_message=message,
            delete_patterns=list(_OPTIONAL_FILES),
        )
    return f"{HUB_PREFIX}{repository}@{commit.oid}"


def check_upload(url: str) -> str:
    """The `owner/name` that `upload_folder` uploads to, before there is anything to upload.

    Raises:
        ImportError: if huggingface_hub is not installed.
        ValueError: if the URL has another form than `hf://owner/name`.
    """
    match = _TARGET.fullmatch(url)
    if match is None:
        raise ValueError(
            f"Expected '{HUB_PREFIX}owner/name' without a revision, since an upload goes to the "
            f"main branch. Received: '{url}'."
        )
    _package(f"Uploading to '{url}'")
    return match["repository"]


def with_commit(url: str, snapshot: pathlib.Path) -> str:
    """The URL of a snapshot with its commit, which always loads the same files.

    Args:
        url: as `download_snapshot` takes it.
        snapshot: the folder that `download_snapshot` returned, named after its commit.
    """
    return f"{HUB_PREFIX}{_match(url)['repository']}@{snapshot.name}"


def _match(url: str) -> re.Match:
    match = _URL.fullmatch(url)
    if match is None:
        raise ValueError(
            f"Expected '{HUB_PREFIX}owner/name' or '{HUB_PREFIX}owner/name@revision'. "
            f"Received: '{url}'."
        )
    return match


def _package(action: str) -> Any:
    """The package huggingface_hub, or an ImportError that says which action needs it."""
    try:
        import huggingface_hub
    except ImportError:
        raise ImportError(
            f"{action} needs the package huggingface_hub: pip install 'gru-zoo[hub]'."
        ) from None
    return huggingface_hub


@contextlib.contextmanager
def _os_errors(action: str, advice: str, lines: int = 1) -> Iterator[None]:
    """Raise every error as an OSError that says what failed and what to do.

    Args:
        action: what was expected to succeed.
        advice: what to do.
        lines: how much of the message of an error is told.
    """
    try:
        yield
    # The package passes on errors of its HTTP library, which is another one in each major version.
    except Exception as error:
        said = [line.strip() for line in str(error).splitlines() if line.strip()][:lines]
        reason = " ".join(said).rstrip(".") or "no message"
        raise OSError(
            f"Expected to {action}. Received {type(error).__name__}: {reason}. {advice}"
        ) from error

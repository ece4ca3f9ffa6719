"""Presets from the Hugging Face Hub."""

import os
import pathlib
import re

HUB_PREFIX = "hf://"

_URL = re.compile(rf"{HUB_PREFIX}(?P<repository>[^/@]+/[^/@]+)(@(?P<revision>.+))?")


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
    try:
        import huggingface_hub
    except ImportError:
        raise ImportError(
            f"Loading '{url}' needs the package huggingface_hub: pip install 'gru-zoo[hub]'."
        ) from None
    try:
        folder = huggingface_hub.snapshot_download(match["repository"], revision=match["revision"])
    # The package passes on errors of its HTTP library, which is another one in each major version.
    except Exception as error:
        raise OSError(
            f"Expected to download '{url}' from the Hugging Face Hub. Received "
            f"{type(error).__name__}: {_first_line(error)} Check the name and the revision, the "
            "network connection and, if the repository is private, your login (`hf auth login`)."
        ) from error
    return pathlib.Path(folder)


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


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or ["no message"]
    return lines[0].rstrip(".") + "."

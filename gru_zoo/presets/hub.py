"""Presets from the Hugging Face Hub."""

import pathlib

HUB_PREFIX = "hf://"


def download_snapshot(url: str) -> pathlib.Path:
    try:
        import huggingface_hub
    except ImportError:
        raise ImportError(
            f"Loading '{url}' needs the package huggingface_hub: pip install 'gru-zoo[hub]'."
        ) from None
    repository = url.removeprefix(HUB_PREFIX)
    if len(repository.split("/")) != 2:
        raise ValueError(f"Expected '{HUB_PREFIX}owner/name'. Received: '{url}'.")
    return pathlib.Path(huggingface_hub.snapshot_download(repository))

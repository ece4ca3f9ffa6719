"""Upload of a task to the Hugging Face Hub."""

import copy
import pathlib
import tempfile
from typing import Any

from gru_zoo.presets import hub
from gru_zoo.presets.hub_page import hub_page


class PushMixin:
    """The method `push` of a task."""

    def push(
        self: Any, url: str, private: bool = False, message: str = "Upload with gru_zoo"
    ) -> str:
        """Upload the task to the Hugging Face Hub, from where `gru_zoo.load(url)` loads it.

        What `save` would write is uploaded as one commit to the main branch, with a page that has
        the metadata of the hub. The task itself stays as it is.

        Args:
            url: `hf://owner/name`. The repository is created if there is none; the preset in one
                that exists is replaced, and other files of it stay.
            private: whether the repository must be private. False leaves a new one to the settings
                of its owner, which are public unless an organization says otherwise.
            message: message of the commit.

        Returns:
            `hf://owner/name@commit`, which loads these weights whatever is uploaded later.

        Raises:
            ImportError: if huggingface_hub is not installed.
            ValueError: if the URL has another form or names a revision, or the repository is public
                and should not be.
            OSError: if the upload fails, such as without a login (`hf auth login`).

        Warns:
            UserWarning: if metrics are left out, see `save`.
        """
        name = hub.check_upload(url).partition("/")[2]
        with tempfile.TemporaryDirectory() as temporary:
            copied = copy.copy(self)  # `save` changes the card and the folder of what it saves
            folder = copied.save(pathlib.Path(temporary, name))
            (folder / "README.md").write_text(hub_page(copied.card, url), encoding="utf-8")
            return hub.upload_folder(url, folder, private, message)

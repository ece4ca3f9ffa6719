"""Export of a task to other runtimes."""

import importlib.resources
import inspect
import json
import os
import pathlib
import shutil
from types import ModuleType
from typing import Any, ClassVar

from gru_zoo import export as scripts_package
from gru_zoo.export.formats import FORMATS
from gru_zoo.export.graph import Graph, graph_of
from gru_zoo.export.onnx import check_onnx, write_onnx
from gru_zoo.files import as_path
from gru_zoo.presets.atomic_folder import is_preset, replacing
from gru_zoo.presets.page import page


class ExportMixin:
    """The method `export` of a task.

    Attributes:
        exported_outputs: names of the outputs of the model in a file. A model that also returns
            its states has them as `next_` and the name of the input that takes them.
        exported_modules: modules of plain Python that the script of an export imports.
    """

    exported_outputs: ClassVar[tuple[str, ...]] = ("output",)
    exported_modules: ClassVar[tuple[ModuleType, ...]] = ()

    def export(self: Any, folder: str | os.PathLike, format: str = "onnx") -> pathlib.Path:
        """Write the task for a runtime that needs neither Keras nor this package.

        The folder holds the graphs, such as `model.onnx`, with named inputs and outputs and open
        sizes; the files of the processor; `settings.json` with the labels; a card; and, where the
        task has one, `run.py`, which answers as `predict` does.

        Args:
            folder: a new or empty folder.
            format: "onnx", which needs the backend torch and `pip install 'gru-zoo[export]'`.

        Returns:
            The folder, an absolute path.

        Raises:
            ImportError: a package is missing.
            ValueError: the folder has files, the format or the backend is another, or the written
                graph computes something else than the model.
        """
        if format not in FORMATS:
            raise ValueError(f"Expected a format among {FORMATS}. Received: {format!r}.")
        folder = as_path(folder).absolute()
        if is_preset(folder):
            raise ValueError(f"Expected a new folder. Received: '{folder}', which holds a preset.")
        check_onnx()
        with replacing(folder) as new:
            for name, graph in self.graphs().items():
                write_onnx(graph, new / f"{name}.onnx")
            self.processor.save(new)
            card = self.card
            settings = {"name": card.name, "task": card.task, "licence": card.licence}
            settings |= {"labels": list(card.labels)} if card.labels else {}
            (new / "settings.json").write_text(json.dumps(settings, indent=2) + "\n")
            (new / "README.md").write_text(page(card), encoding="utf-8")
            script = importlib.resources.files(scripts_package) / f"scripts/{card.task}.py"
            if script.is_file():
                (new / "run.py").write_text(script.read_text(encoding="utf-8"), encoding="utf-8")
                for module in self.exported_modules:
                    shutil.copy(inspect.getfile(module), new)
        return folder

    def graphs(self: Any) -> dict[str, Graph]:
        """The graphs to export, by the names of their files."""
        samples = self.golden_inputs()[: len(self.model.inputs)]
        states = [f"next_{tensor.name}" for tensor in self.model.inputs[1:]]
        stateful = len(self.model.outputs) > len(self.exported_outputs)
        outputs = [*self.exported_outputs, *(states if stateful else ())]
        return {"model": graph_of(self.model, samples, outputs)}

"""Names of the formats that tasks are exported to."""

FORMATS = ("onnx",)

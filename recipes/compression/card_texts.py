TEXTS = {"summarization_compression": dict(summary="s", licence="l", intended_use="i", limits="l", citations=())}

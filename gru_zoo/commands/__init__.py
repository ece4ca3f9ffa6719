"""The commands of `gru-zoo`; each module adds its own to the parser."""

"""A tiny transformer in the place of a pretrained one."""

import pathlib
import string


def tiny_transformer(folder: pathlib.Path) -> str:
    """Save a transformer with random weights and a vocabulary of characters; returns its folder."""
    import transformers

    letters = [*string.ascii_lowercase, *string.digits, *string.punctuation]
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    vocabulary = {
        piece: i for i, piece in enumerate([*marks, *letters, *map("##{}".format, letters)])
    }
    transformers.BertTokenizer(vocabulary).save_pretrained(str(folder))
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2}
    sizes |= {"vocab_size": len(vocabulary), "intermediate_size": 16}
    transformers.BertModel(transformers.BertConfig(**sizes)).save_pretrained(str(folder))
    return str(folder)

"""What the card of the compression preset says in words."""

TEXTS = {
    "summarization_compression": {
        "summary": "A sentence of English news to a shorter one of the same words, some left out: "
        "GRUs pretrained as language models read its sub-words, two more its words, and the best "
        "path over them is found exactly, at any length that is asked for. It learned from pairs "
        "and from what a larger model, a transformer fine-tuned on the same pairs, says of more "
        "sentences.",
        "licence": "Apache-2.0 for the weights as far as they are ours, and for those of the "
        "transformer they learned from, all-mpnet-base-v2; no terms are stated for the data they "
        "were trained on, listed under data, so check them before commercial use",
        "intended_use": "Shorter sentences where a word too few does no harm: previews, notes, "
        "small screens, a first draft of a headline; experiments and teaching.",
        "limits": "It learned from sentences of English news of about 2013 and what a program had "
        "left out of them, so what it keeps is what a headline would say, and who said so, when "
        "and where is mostly lost. What is left out can change what is said: a denial, a "
        "condition or a doubt may be gone. Check a text before it is published. Not every result "
        "is grammatical. On other kinds of text, questions or dialogue it was not measured; other "
        "languages give words without sense.",
        "citations": (
            "Filippova & Altun 2013, Overcoming the Lack of Parallel Data in Sentence "
            "Compression, EMNLP",
            "Filippova et al. 2015, Sentence Compression by Deletion with LSTMs, EMNLP",
            "McDonald 2006, Discriminative Sentence Compression with Soft Syntactic Evidence, EACL",
            "Maas et al. 2011, Learning Word Vectors for Sentiment Analysis, ACL-HLT",
            "Song et al. 2020, MPNet: Masked and Permuted Pre-training for Language "
            "Understanding, NeurIPS",
            "Mukherjee & Awadallah 2020, XtremeDistil: Multi-stage Distillation for Massive "
            "Multilingual Models, ACL",
        ),
    },
}

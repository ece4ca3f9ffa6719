"""Prose of the compression preset's card."""

TEXTS = {
    "summarization_compression": {
        "summary": "Shortens a sentence of English news by leaving out words. Two GRUs pretrained "
        "as language models read the sub-words, two more read the words, and the best path over "
        "the words is found exactly, at any length. Trained on pairs, and distilled from a "
        "transformer fine-tuned on the same pairs.",
        "licence": "Apache-2.0 for the weights as far as they are ours, and for those of the "
        "transformer they learned from, all-mpnet-base-v2; no terms are stated for the data they "
        "were trained on, listed under data, so check them before commercial use",
        "intended_use": "Shorter sentences where a missing word does no harm: previews, notes, "
        "small screens, first drafts of headlines. Experiments and teaching.",
        "limits": "The model was trained on sentences of English news of about 2013 that a program "
        "had shortened. It keeps what a headline would say. Who said so, when and where is mostly "
        "lost. A missing word can change the meaning: a denial, a condition or a doubt may be "
        "gone. Check a text before you publish it. Not every result is grammatical. Rules keep a "
        "verb with its object and a statement with its negation; they are of English. Of other "
        "kinds of text only a suite of ordinary sentences was measured. Texts in other languages "
        "give nonsense.",
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

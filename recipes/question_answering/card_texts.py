"""Prose of the cards of the question answering presets."""

TEXTS = {
    "question_answering_stories": {
        "summary": "Answers questions about short stories by query reduction, a gated recurrence "
        "over sentences, in three hops, and shows the sentences that it used. One model for "
        "the 20 tasks of bAbI, trained from scratch on 1,000 questions of each on one CPU core.",
        "licence": "Apache-2.0 for the weights as far as they are ours; check the terms of the "
        "data they were trained on, listed under data, before commercial use",
        "intended_use": "Teaching and experiments with reasoning over several sentences, and a "
        "starting point for questions and stories of your own.",
        "limits": "It knows the words of bAbI, about 150, and its answers alone. It is no reader "
        "of real texts. Of a story it reads the last 72 sentences, of a sentence the first 12 "
        "words. It is weakest at the tasks of induction and path finding. In "
        "training, words of a kind, such as names, rooms or directions, took each other's place "
        "throughout a story, by a table of kinds that was written by hand.",
        "citations": (
            "Seo, Min, Farhadi, Hajishirzi 2017, Query-Reduction Networks for Question Answering, "
            "ICLR",
            "Weston et al. 2015, Towards AI-Complete Question Answering: A Set of Prerequisite "
            "Toy Tasks, arXiv:1502.05698",
        ),
    },
}

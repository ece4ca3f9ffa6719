"""Prose of the cards of the question answering presets."""

TEXTS = {
    "question_answering_passages": {
        "summary": "Finds the answer to a question in a passage of English text, or says that it "
        "is not there. Bidirectional attention flow over GRUs, trained from scratch on 31,700 "
        "questions, on one CPU core; its word vectors start from those of "
        "text_generation_everyday.",
        "licence": "Apache-2.0 for the weights as far as they are ours; check the terms of the "
        "data they were trained on, listed under data, before commercial use",
        "intended_use": "Short passages of plain English, such as a paragraph of an encyclopedia "
        "or a notice, and questions whose answer is a few words of it; a start for questions "
        "and passages of your own.",
        "limits": "It learned from little data and finds words near those of the question: where "
        "several places fit, it often takes a wrong one, and then mostly with a score below a "
        "half. It does not reason, count, or answer yes or no. It learned that an answer may be "
        "missing from passages of more than 400 characters alone: in a text of a few sentences it "
        "rarely says so, and gives words with a low score instead. Do not use it where a wrong "
        "answer does harm.",
        "citations": (
            "Seo et al. 2017, Bidirectional Attention Flow for Machine Comprehension, ICLR",
            "Chen et al. 2017, Reading Wikipedia to Answer Open-Domain Questions, ACL",
            "Rajpurkar et al. 2016, SQuAD: 100,000+ Questions for Machine Comprehension of Text, "
            "EMNLP",
            "Michael et al. 2018, Crowdsourcing Question-Answer Meaning Representations, NAACL",
        ),
    },
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

"""bAbI: twenty tasks of questions about short stories that a program made, version 1.2, English."""

import lzma
import os
import tarfile

from gru_zoo.data.examples import AnsweredQuestion
from gru_zoo.data.source import Source, check_count, check_split

SOURCE = Source(
    name="babi",
    homepage="https://github.com/facebookarchive/bAbI-tasks",
    licence="CC BY 3.0",
    citation="Weston et al. 2015, Towards AI-Complete Question Answering: A Set of Prerequisite "
    "Toy Tasks, arXiv:1502.05698",
    files={
        "tasks_1-20_v1-2.en.tar.xz": (
            "a1cc7284688d5dbecec5076d78a9ac0b980cfdf57136d89deee672618c46c2d4"
        )
    },
    url="http://www.thespermwhale.com/jaseweston/babi/tasks_1-20_v1-2.tar.gz",
    sha256="",
)
TASKS = range(1, 21)
TASKS_10K = tuple(task for task in TASKS if task != 3)  # the copy lacks qa3 for training
SPLITS = {
    "en_1k_train": ("en", "train", TASKS, 20_000),
    "en_1k_test": ("en", "test", TASKS, 20_000),
    "en_10k_train": ("en-10k", "train", TASKS_10K, 190_000),
    "en_10k_test": ("en-10k", "test", TASKS_10K, 19_000),
}


def load(split: str, root: str | os.PathLike | None = None) -> list[AnsweredQuestion]:
    """Load the questions of a split: task by task, in the order of the files.

    A story is a list of sentences with questions between them. The context of a question is what
    was told before it. The stated facts that support an answer are not read.

    Args:
        split: "en_1k_train" or "en_1k_test", 1,000 questions of each of 20 tasks; "en_10k_train"
            or "en_10k_test", 10,000 and 1,000 questions of each task but the third.
        root: data folder with babi/. Default: `$GRU_ZOO_DATA`, else a download (15 MiB).

    Returns:
        Questions with one answer. `origin` is the task, "qa1" to "qa20", and `group` the story.

    Raises:
        FileNotFoundError: `root` lacks the set.
        ValueError: unknown split, wrong checksum, or wrong number of questions.
        OSError: the download failed.
    """
    check_split(SOURCE.name, split, SPLITS)
    folder_name, part, tasks, count = SPLITS[split]
    folder = SOURCE.folder(root)
    if folder is not None:
        path = SOURCE.local_file(folder, next(iter(SOURCE.files)))
    else:
        path = SOURCE.download()
    texts = {}
    wanted = {f"qa{task}" for task in tasks}
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rb") as file, tarfile.open(fileobj=file, mode="r|*") as archive:
        for member in archive:
            *_, inner, name = ("", *member.name.split("/"))
            task = name.split("_")[0]
            if inner == folder_name and name.endswith(f"_{part}.txt") and task in wanted:
                content = archive.extractfile(member)
                assert content is not None
                texts[task] = content.read().decode("utf-8")
    questions = [q for task in tasks for q in _questions(texts.get(f"qa{task}", ""), f"qa{task}")]
    check_count(SOURCE.name, split, len(questions), count)
    return questions


def _questions(text: str, task: str) -> list[AnsweredQuestion]:
    """The questions of one file. Line numbers start anew with every story."""
    questions: list[AnsweredQuestion] = []
    told: list[str] = []
    story = 0
    for line in text.splitlines():
        number, _, rest = line.strip().partition(" ")
        if number == "1":
            told, story = [], story + 1
        if "\t" in rest:
            question, answer = rest.split("\t")[:2]
            context, group = " ".join(told), f"{task}/{story}"
            questions.append(
                AnsweredQuestion(
                    question.strip(), context, (answer.strip(),), origin=task, group=group
                )
            )
        elif rest:
            told.append(rest)
    return questions

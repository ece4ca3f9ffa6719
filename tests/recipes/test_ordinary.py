"""The suites of ordinary input: their form, how they judge, and the level that presets hold."""

import collections
import json
import os

import numpy as np
import pytest

import gru_zoo
from gru_zoo import data
from recipes import ordinary
from recipes.keyword_spotting import generated_sounds
from recipes.ordinary import Case
from recipes.perturbations import FINAL_MARKS, LONG, PERTURBATIONS
from recipes.translation import ordinary as translation
from tests.paths import FIXTURES
from tests.scripts import on_torch, run

pytestmark = on_torch

SMALLEST_KIND, SMALLEST_SUITE = 20, 200
# Sums of floating-point numbers differ between processors and versions, and a case may be close.
TOLERANCE = 0.02


def key(case):
    """What must not occur twice: a text, or the content of a file or clip."""
    return getattr(case.input, "content", case.input)


@pytest.fixture(scope="module", params=ordinary.SUITES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def cases(name):
    return ordinary.suite_of(name).cases()


def test_a_suite_has_enough_cases_of_each_kind(name, cases):
    counts = collections.Counter(case.kind for case in cases)
    assert set(counts) <= set(ordinary.suite_of(name).KINDS)
    assert min(counts.values()) >= SMALLEST_KIND and counts.total() >= SMALLEST_SUITE
    if os.environ.get("GRU_ZOO_DATA"):
        assert set(counts) == set(ordinary.suite_of(name).KINDS)


def test_cases_are_the_same_each_time_and_none_occurs_twice(name, cases):
    # One text may be of several kinds, each with a question of its own.
    keys = [(case.kind, key(case), repr(case.expected)) for case in cases]
    again = ordinary.suite_of(name).cases()
    assert keys == [(case.kind, key(case), repr(case.expected)) for case in again]
    assert len(set(keys)) == len(keys)


def test_written_input_is_in_no_text_that_tests_train_on(name, cases):
    paths = [*FIXTURES.glob("*.tsv"), *FIXTURES.glob("*.csv"), *FIXTURES.glob("*.txt")]
    fixtures = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    assert len(fixtures) > 10_000
    texts = [case.input for case in cases if isinstance(case.input, str)]
    # Greetings and single words stand in any text.
    assert not [text for text in texts if len(text) > 30 and text in fixtures]


def test_a_stored_result_has_the_kinds_and_presets_of_its_suite(name, cases):
    suite = ordinary.suite_of(name)
    record = ordinary.stored(name)
    assert record and set(record) <= set(ordinary.STAGES)
    last = ordinary.level(name)
    assert list(last) == [preset for preset in suite.PRESETS if preset in last]
    assert set(last[suite.PRESETS[0]]) == set(suite.KINDS)
    for counts in last.values():
        assert set(counts) <= set(suite.KINDS)


@pytest.mark.slow
def test_a_preset_holds_its_level(name):
    """The default preset of each task loses nothing of what it had right, kind by kind."""
    suite = ordinary.suite_of(name)
    level = ordinary.level(name)[suite.PRESETS[0]]
    now = ordinary.scores(suite, gru_zoo.load(suite.PRESETS[0]))
    assert now and {kind: total for kind, (_, total) in now.items()} == {
        kind: level[kind][1] for kind in now
    }, f"the cases have changed: run python recipes/ordinary.py {name} --store"
    fallen = {
        kind: f"{right} of {total}, before {level[kind][0]}"
        for kind, (right, total) in now.items()
        if right < level[kind][0] - max(1, TOLERANCE * total)
    }
    assert not fallen


def test_a_preset_of_translation_has_300_cases():
    found = collections.Counter()
    for case in translation.cases():
        for preset in translation.PRESETS:
            pair = preset.removeprefix("translation_").replace("_", "-")
            found[pair] += bool({pair, pair[:2], ""} & set(case.expected))
    assert min(found.values()) >= 300, found


@pytest.mark.data
@pytest.mark.parametrize(("dataset", "source"), [("anki-fra-eng", "en"), ("anki-spa-eng", "es")])
def test_written_sentences_are_in_no_training_data_of_translation(dataset, source, data_root):
    examples = data.load(dataset, "train", data_root)
    known = {example.texts[source][0].lower() for example in examples}
    written = [
        case.input
        for case in translation.cases()
        if translation.source_of(case) == source and case.kind not in ("greetings", "words")
    ]
    assert len(written) > 500 and not [text for text in written if text.lower() in known]


@pytest.mark.parametrize("change", PERTURBATIONS)
def test_a_perturbation_changes_a_text_and_keeps_its_letters(change):
    text = 'We said "no" to Tom & Anna, again.'
    changed = PERTURBATIONS[change](text)
    assert changed != text and changed == PERTURBATIONS[change](text)
    if change not in ("escaped", "typo"):
        assert "tom & anna, again" in " ".join(changed.lower().split())
    if change == "typo":
        assert sum(a != b for a, b in zip(text.split(), changed.split(), strict=True)) == 1


def test_a_typo_needs_a_long_word_and_is_one_letter_or_two_neighbours():
    assert PERTURBATIONS["typo"]("a few bits") == "a few bits"
    for word in ("abcde", "letter", "aaaaa", "keyboards"):
        changed = PERTURBATIONS["typo"](word)
        assert len(word) >= LONG and changed != word and changed[0] == word[0]
        assert changed[-1] == word[-1] and abs(len(changed) - len(word)) <= 1
    assert PERTURBATIONS["lower"]("Who knows?") == "who knows" and "?" in FINAL_MARKS


@pytest.mark.parametrize("kind", generated_sounds.SOUNDS)
def test_a_generated_sound_is_a_sound(kind):
    sounds = [generated_sounds.SOUNDS[kind](np.random.default_rng(seed)) for seed in (1, 2)]
    for sound in sounds:
        assert sound.dtype == "float32" and len(sound) == len(generated_sounds.TIME)
        assert np.isfinite(sound).all() and np.abs(sound).max() <= 1
    assert not np.array_equal(*sounds)


@pytest.mark.parametrize(
    ("kind", "expected", "given", "found", "right"),
    [
        ("greetings", "Merci beaucoup | Merci bien", "Thanks a lot!", "Merci  beaucoup !", True),
        ("greetings", "Comment ça va ?", "How are you?", "Comment ça va\u202f?", True),
        ("greetings", "Comment ça va ?", "How are you?", "Comment ça va.", False),
        ("words", "école", "school", "L'école.", True),
        ("words", "école", "school", "École école", False),
        ("words", "argent", "money", "de l'argent", True),
        ("sentences", "I am not sure", "No estoy seguro.", "I'm not sure.", True),
        ("questions", "où & gare", "Where is the station?", "Où est la gare ?", True),
        ("questions", "où & gare", "Where is the station?", "Où est la gare.", False),
        ("negation", "not & fish", "No me gusta el pescado.", "I don't like fish.", True),
        ("negation", "not & fish", "No me gusta el pescado.", "I like fish.", False),
        ("names", "Rajesh", "My name is Rajesh.", "Je m'appelle Rajeshi.", False),
        ("names", "Rajesh", "My name is Rajesh.", "Je m'appelle rajesh.", False),
        ("links", "@ben & @lucy", "Thanks @ben and @lucy!", "Merci à @ben et @lucy !", True),
        ("links", "@ben & @lucy", "Thanks @ben and @lucy!", "Merci à @ben et lucy !", False),
        ("numbers", "14:45 | 14 h 45", "At 14:45.", "À 14\u202fh\u00a045.", True),
        ("numbers", "14:45 | 14 h 45", "At 14:45.", "À 14 h 30.", False),
        ("numbers", "3,50", "It costs $3.50.", "Cela coûte 350 dollars.", False),
        ("several", "tard & nuit", "It is late. Good night!", "Il est tard. Bonne nuit !", True),
        ("several", "tard & nuit", "It is late. Good night!", "Il est tard, bonne nuit.", False),
        ("nothing", "", "🎉", " 🎉", True),
        ("nothing", "", "🎉", "Des fleurs.", False),
        ("lines", "", "- a\n- b", "- un\n- deux", True),
        ("lines", "", "- a\n- b", "- un deux", False),
        ("random", "", "qwx", "de la de la de la", False),
        ("other language", "", "Il fait beau.", "il fait beau", True),
    ],
)
def test_translations_are_judged_by_the_rule_of_their_kind(kind, expected, given, found, right):
    groups = translation.requirements(f"en: {expected}")["en"]
    assert translation.is_right(Case(kind, given, {}), groups, {given: found}) is right


@pytest.mark.parametrize(
    ("kind", "given", "found", "right"),
    [
        ("html", "<b>It rains.</b>", "<b>Il pleut.</b>", True),
        ("html", "<b>It rains.</b>", "Il pleure.", False),
        ("upper", "IT RAINS.", "IL PLEUT.", True),
        ("upper", "IT RAINS.", "", False),
        ("emoji", "It rains. 🎉", "Il pleut. 🎉", True),
        ("emoji", "It rains. 🎉", "Il pleut.", False),
    ],
)
def test_a_variant_has_the_translation_of_the_plain_text(kind, given, found, right):
    found = {given: found, "It rains.": "Il pleut."}
    assert translation.is_right(Case(kind, given, {}), [["It rains."]], found) is right


def test_a_file_of_cases_has_three_columns(tmp_path):
    file = tmp_path / "ordinary.tsv"
    file.write_text("kind\texpected\tinput\na\tb\\tc\td\\n\\\\n\n", encoding="utf-8")
    assert ordinary.read(file) == [Case("a", "d\n\\n", "b\tc")]
    file.write_text("kind\texpected\tinput\na\tb\n", encoding="utf-8")
    with pytest.raises(ValueError, match="columns in line 2 of .*Received: "):
        ordinary.read(file)
    file.write_text("kind,expected,input\n", encoding="utf-8")
    with pytest.raises(ValueError, match="Expected the columns"):
        ordinary.read(file)


class Shouting:
    """A suite of which one case is not meant for the preset."""

    PRESETS = ("sentiment_stars", "absent")
    KINDS = {"shout": "", "whisper": "", "foreign": ""}

    def cases(self):
        return [
            Case("shout", "A", "A"),
            Case("shout", "a", "A"),
            Case("whisper", "b", "b"),
            Case("foreign", "c", None),
        ]

    def judge(self, task, cases):
        return [case.expected and case.input == case.expected for case in cases]


def test_scores_count_the_cases_that_are_meant_for_a_preset():
    assert ordinary.scores(Shouting(), None) == {"shout": (1, 2), "whisper": (1, 1)}


def test_a_run_is_stored_beside_what_was_stored_before(tmp_path, monkeypatch, capsys):
    from benchmarks import reports

    for module in (reports, ordinary):
        monkeypatch.setattr(module, "RESULTS", tmp_path)
    monkeypatch.setattr(ordinary, "SUITES", ["shouting"])
    monkeypatch.setattr(ordinary, "suite_of", lambda name: Shouting())
    monkeypatch.setattr(gru_zoo, "load", lambda name: None)
    for stage in ordinary.STAGES:
        monkeypatch.setattr("sys.argv", ["ordinary.py", "--wrong", "--store", stage])
        ordinary.main()
        assert list(ordinary.level("shouting")) == ["sentiment_stars"]
    printed = capsys.readouterr().out
    assert "absent: no such preset" in printed and "'a', expected: 'A'" in printed
    record = json.loads((tmp_path / "ordinary-shouting.json").read_text())
    assert list(record) == list(ordinary.STAGES)
    assert record["after"]["scores"] == {"sentiment_stars": {"shout": [1, 2], "whisper": [1, 1]}}


def test_an_unknown_task_is_named(capsys):
    with pytest.raises(SystemExit):
        run("recipes/ordinary.py", "cooking")
    assert "expected tasks among" in capsys.readouterr().err

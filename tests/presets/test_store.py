import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap

import pytest

import gru_zoo
from gru_zoo.presets import store
from gru_zoo.presets.atomic_folder import backup_of, original, readable, replacing
from gru_zoo.presets.card import Card, FileRow, MetricRow


def test_find_by_name_and_by_path(preset):
    assert store.find("tiny") == preset
    assert store.find(preset) == preset
    assert "tiny" in gru_zoo.list_models("sentiment")


def test_home_comes_first(preset):
    assert store.roots()[0] == preset.parent
    assert store.presets()["tiny"] == preset


def test_what_is_saved_under_the_name_of_a_task_is_found(preset, tmp_path, monkeypatch):
    own = gru_zoo.load("tiny")
    own.history = {"loss": [1.5]}
    folder = own.save(tmp_path / "elsewhere" / "sentiment")
    assert gru_zoo.load(folder).folder == folder
    assert gru_zoo.load(folder).history == {"loss": [1.5]}
    assert gru_zoo.card("sentiment").name != "sentiment"
    own.save(preset.parent / "sentiment")
    assert gru_zoo.card("sentiment").name == "sentiment"
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert gru_zoo.load("sentiment").folder.resolve() == folder


def test_a_backup_is_read_where_a_kill_left_only_that(preset):
    before = {path.name: path.read_bytes() for path in preset.glob("*.json")}
    preset.rename(backup_of(preset))
    root = preset.parent
    root.chmod(0o555)  # nothing is written, though root could
    try:
        assert store.find("tiny") == store.find(preset) == backup_of(preset)
        assert store.holds("tiny") and store.presets()["tiny"] == backup_of(preset)
        assert "tiny" in gru_zoo.list_models("sentiment")
        task = gru_zoo.load("tiny")
        task.check_golden()
        assert [path.name for path in root.iterdir()] == [".tiny.previous"]
    finally:
        root.chmod(0o755)
    assert {p.name: p.read_bytes() for p in backup_of(preset).glob("*.json")} == before
    assert task.folder == preset  # where saving will put it again
    task.save(preset)
    assert [path.name for path in root.iterdir()] == ["tiny"]


def test_a_backup_and_its_folder_name_each_other(tmp_path):
    assert original(backup_of(tmp_path / "tiny")) == tmp_path / "tiny"
    for name in ("tiny", ".hidden", "..previous", "tiny.previous"):
        assert original(tmp_path / name) == readable(tmp_path / name) == tmp_path / name


def test_unknown_name_lists_roots_and_close_match(preset):
    with pytest.raises(FileNotFoundError, match=r"no preset 'tinny'. Did you mean 'tiny'") as error:
        gru_zoo.load("tinny")
    for root in store.roots():
        assert str(root) in str(error.value)


@pytest.mark.parametrize("name", ["../tiny/../nowhere", "/etc", "a/b/c"])
def test_name_with_a_path_that_is_no_preset(preset, name):
    with pytest.raises(FileNotFoundError, match="is no folder with a card.json"):
        gru_zoo.load(name)


def test_missing_file(preset):
    (preset / "model.weights.h5").unlink()
    with pytest.raises(FileNotFoundError, match="incomplete: .*model.weights.h5' is missing"):
        gru_zoo.load("tiny")


@pytest.mark.parametrize("file", ["model.weights.h5", "assets/tokenizer.model", "golden.npz"])
def test_damaged_file(preset, file):
    path = preset / file
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(ValueError, match="damaged or was changed. Expected sha256"):
        gru_zoo.load("tiny")


def _change_card(preset, **changes):
    (preset / "card.json").write_text(Card.load(preset).replace(**changes).to_json())


def test_truncated_weights_with_a_matching_checksum(preset):
    path = preset / "model.weights.h5"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    _change_card(preset, files=store.files_of(preset))
    with pytest.raises(ValueError, match="do not fit the model"):
        gru_zoo.load("tiny")


def test_config_of_another_model(preset):
    config = Card.load(preset).config
    _change_card(preset, config={**config, "units": config["units"] + 1})
    with pytest.raises(ValueError, match="do not fit the model"):
        gru_zoo.load("tiny")
    assert gru_zoo.load("tiny", weights=False).config.units == config["units"] + 1


@pytest.mark.parametrize("labels", [("one",), None])
def test_labels_of_other_classes(preset, labels):
    _change_card(preset, labels=labels)
    with pytest.raises(ValueError, match="a label, a string, for each of the 2 classes"):
        gru_zoo.load("tiny")


def outdated(*splits):
    """Expects a warning that says from which splits metrics are removed."""
    names = ", ".join(f"accuracy on {split}" for split in splits)
    return pytest.warns(UserWarning, match=f"removed from the card of .*: {names}. Measure them")


def test_numbers_belong_to_the_weights(preset, tmp_path):
    row = MetricRow("imdb", "test", "accuracy", 0.9, "examples:1")
    _change_card(preset, metrics=(row,))
    task = gru_zoo.load("tiny")
    task.save(tmp_path / "same")
    assert gru_zoo.card(tmp_path / "same").metrics == (row,)
    logits = task.model.get_layer("logits")
    logits.set_weights([2 * values + 1 for values in logits.get_weights()])
    with outdated("imdb, test"):
        task.save(tmp_path / "other")
    assert gru_zoo.card(tmp_path / "other").metrics == ()
    since = MetricRow("imdb", "test", "accuracy", 0.8, "examples:1")
    again = gru_zoo.load("tiny")
    again.processor.max_length -= 1
    again.card = again.card.replace(metrics=(*again.card.metrics, since))
    with outdated("imdb, test"):
        again.save(tmp_path / "since")
    assert gru_zoo.card(tmp_path / "since").metrics == (since,)
    again.processor.max_length -= 1
    with outdated("imdb, test"):
        again.save(tmp_path / "since")
    assert gru_zoo.card(tmp_path / "since").metrics == ()
    untrained = gru_zoo.load("tiny", weights=False)
    assert untrained.card.metrics == untrained.card.data == ()


def test_numbers_outlast_other_samples(preset, tmp_path, monkeypatch):
    """A preset of a version with other samples keeps its metrics while its weights are the same."""
    row = MetricRow("imdb", "test", "accuracy", 0.9, "examples:1")
    _change_card(preset, metrics=(row,))
    task = gru_zoo.load("tiny")
    monkeypatch.setattr(type(task), "samples", task.samples[::-1])
    task.save(tmp_path / "same")
    assert gru_zoo.card(tmp_path / "same").metrics == (row,)
    logits = task.model.get_layer("logits")
    logits.set_weights([2 * values + 1 for values in logits.get_weights()])
    with outdated("imdb, test"):
        task.save(tmp_path / "same")


def test_a_save_that_fails_changes_no_card(preset, tmp_path, monkeypatch):
    _change_card(preset, metrics=(MetricRow("imdb", "test", "accuracy", 0.9, "examples:1"),))
    task = gru_zoo.load("tiny")
    task.processor.max_length -= 1  # the metrics are of other settings
    card, rename = task.card, os.rename

    def full(source, target):
        if ".new-" in os.path.basename(source):
            raise OSError("No space left on device")
        rename(source, target)

    monkeypatch.setattr(os, "rename", full)
    with pytest.raises(OSError, match="No space left"):
        task.save(tmp_path / "elsewhere")
    assert task.card == card and task.folder == preset
    assert not list(tmp_path.glob("*elsewhere*"))


def test_config_with_a_foreign_field(preset):
    _change_card(preset, config={"heads": 8})
    with pytest.raises(ValueError, match="does not fit the task 'sentiment'"):
        gru_zoo.load("tiny")


def test_task_that_does_not_exist(preset):
    _change_card(preset, task="sentimental")
    with pytest.raises(FileNotFoundError, match="no preset 'sentimant'. Did you mean 'sentiment'"):
        gru_zoo.load("sentimant")
    with pytest.raises(ValueError, match="no task 'sentimental'. Did you mean 'sentiment'"):
        gru_zoo.load("tiny")


def test_file_outside_the_folder(preset):
    row = Card.load(preset).files["model.weights.h5"]
    for name in ("../secret", "/etc/secret", "assets/../../secret", "..\\secret", "C:secret"):
        _change_card(preset, files={name: row})
        with pytest.raises(ValueError, match="inside the preset's folder"):
            gru_zoo.load("tiny")


def test_replacing_keeps_the_old_content_on_error(preset):
    before = (preset / "card.json").read_bytes()
    with pytest.raises(RuntimeError), replacing(preset) as fresh:
        (fresh / "card.json").write_text("half")
        raise RuntimeError
    assert (preset / "card.json").read_bytes() == before
    assert [path.name for path in preset.parent.iterdir()] == ["tiny"]


def test_replacing_spares_other_folders(tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    with (
        pytest.raises(ValueError, match="exists and is not a preset"),
        replacing(tmp_path / "thesis"),
    ):
        pass
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "years of work"


@pytest.mark.parametrize("moment", ["while writing", "between the moves"])
def test_a_kill_while_saving_leaves_the_old_preset(preset, moment):
    card = Card.load(preset)
    script = f"""
        import os, pathlib, signal
        from gru_zoo.presets.atomic_folder import replacing
        if {moment!r} == "between the moves":
            rename = os.rename
            def stop(source, target):
                if ".new-" in str(source):
                    os.kill(os.getpid(), signal.SIGKILL)
                rename(source, target)
            os.rename = stop
        with replacing({str(preset)!r}) as fresh:
            (fresh / "card.json").write_text("new")
            if {moment!r} == "while writing":
                os.kill(os.getpid(), signal.SIGKILL)
    """
    before = (preset / "card.json").read_bytes()
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], cwd=os.getcwd())
    assert done.returncode == -signal.SIGKILL
    whole = preset if moment == "while writing" else backup_of(preset)
    assert store.find(str(preset)) == whole
    assert (whole / "card.json").read_bytes() == before
    gru_zoo.load(preset).check_golden()
    with replacing(preset) as fresh:  # goes on from where the kill left it
        (fresh / "card.json").write_text(card.to_json())
    assert store.find(str(preset)) == preset and not backup_of(preset).exists()


def test_reading_deletes_nothing(preset):
    beside = backup_of(preset)
    shutil.copytree(preset, beside)
    gru_zoo.load("tiny")
    assert (beside / "card.json").is_file()
    shutil.rmtree(preset)
    (beside / "card.json").unlink()
    with pytest.raises(FileNotFoundError):
        gru_zoo.load("tiny")
    assert beside.is_dir() and not preset.exists()


def test_replacing_drops_only_a_preset_of_before(preset):
    beside = backup_of(preset)
    shutil.copytree(preset, beside)
    with replacing(preset) as fresh:
        (fresh / "card.json").write_text("new")
    assert [path.name for path in preset.parent.iterdir()] == ["tiny"]
    beside.mkdir()
    (beside / "chapter.txt").write_text("years of work")
    message = "Expected no '.*previous'.* Received: one that is not a preset"
    with pytest.raises(ValueError, match=message), replacing(preset):
        pass
    assert (beside / "chapter.txt").is_file() and (preset / "card.json").read_text() == "new"


def test_replacing_takes_an_empty_folder(tmp_path):
    (tmp_path / "mine").mkdir()
    with replacing(tmp_path / "mine") as fresh:
        (fresh / "card.json").write_text("new")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_reader_between_the_moves_does_no_harm(preset, monkeypatch):
    rename, seen = os.rename, []

    def read_before(source, target):
        if ".new-" in os.path.basename(source) and not seen:
            seen.append(store.find("tiny"))
        rename(source, target)

    monkeypatch.setattr(os, "rename", read_before)
    with replacing(preset) as fresh:
        (fresh / "card.json").write_text("new")
    assert seen == [backup_of(preset)] and (preset / "card.json").read_text() == "new"
    assert [path.name for path in preset.parent.iterdir()] == ["tiny"]


def test_presets_skip_what_a_kill_left_over(preset):
    shutil.copytree(preset, preset.with_name(".tiny.new-123"))
    assert [name for name in store.presets() if "new-" in name] == []


def test_list_models_of_an_unknown_task():
    with pytest.raises(ValueError, match="There is no task 'sentimnt'. Did you mean 'sentiment'"):
        gru_zoo.list_models("sentimnt")


def test_card_records_every_file(preset):
    files = Card.load(preset).files
    assert set(files) == {
        "model.weights.h5",
        "processor.json",
        "assets/tokenizer.model",
        "golden.npz",
    }
    record = json.loads((preset / "card.json").read_text())
    assert FileRow(**record["files"]["golden.npz"]) == files["golden.npz"]


@pytest.fixture
def sharing(preset):
    """A preset that shares the weights of `preset`, its folder."""
    folder = preset.parent / "sharing"
    gru_zoo.load(preset).save(folder)
    store.share(folder, "model.weights.h5", preset)
    return folder


def test_a_preset_shares_the_weights_of_another(sharing, preset):
    assert not (sharing / "model.weights.h5").exists()
    row = Card.load(sharing).files["model.weights.h5"]
    assert row.preset == "tiny" and "preset" not in (preset / "card.json").read_text()
    one, other = gru_zoo.load(sharing), gru_zoo.load(preset)
    for first, second in zip(one.model.get_weights(), other.model.get_weights(), strict=True):
        assert (first == second).all()


def test_a_shared_preset_is_saved_whole(sharing, tmp_path):
    whole = gru_zoo.load(sharing).save(tmp_path / "elsewhere" / "whole")
    assert (whole / "model.weights.h5").is_file() and gru_zoo.load(whole).card.name == "whole"


def test_a_copy_of_a_shared_preset_finds_the_weights_by_name(sharing, tmp_path):
    copy = shutil.copytree(sharing, tmp_path / "away" / "copy")
    assert gru_zoo.load(copy).card.task == "sentiment"
    card = (copy / "card.json").read_text()
    (copy / "card.json").write_text(card.replace('"preset": "tiny"', '"preset": "gone"'))
    with pytest.raises(FileNotFoundError, match="shares 'model.weights.h5' with preset 'gone'"):
        gru_zoo.load(copy)
    (copy / "card.json").write_text(card.replace('"preset": "tiny"', '"preset": "../tiny"'))
    with pytest.raises(ValueError, match="Expected the name of a preset. Received: '../tiny'"):
        gru_zoo.load(copy)


def test_shared_weights_that_have_changed_are_refused(sharing, preset):
    with open(preset / "model.weights.h5", "ab") as file:
        file.write(b"more")
    with pytest.raises(ValueError, match="is damaged or was changed"):
        gru_zoo.load(sharing)


def test_files_that_differ_are_not_shared(sharing, preset):
    card = Card.load(sharing)
    row = dataclasses.replace(card.files["processor.json"], sha256="0" * 64)
    changed = card.replace(files={**card.files, "processor.json": row})
    (sharing / "card.json").write_text(changed.to_json())
    with pytest.raises(ValueError, match="Expected the same 'processor.json' in"):
        store.share(sharing, "processor.json", preset)
    assert (sharing / "processor.json").is_file()

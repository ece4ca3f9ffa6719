import numpy as np
import pytest

from gru_zoo.tasks.action_recognition.files import labeled_files, read_file
from gru_zoo.tasks.action_recognition.processor import ActionRecognitionProcessor
from gru_zoo.tasks.action_recognition.recording import Recording, as_recording, is_list
from gru_zoo.tasks.action_recognition.samples import resting, waving
from tests.backends import only_on

pytestmark = only_on("torch", "nothing here calls a backend")

BODY = ActionRecognitionProcessor(30, 50, (0.0,) * 6, (1.0,) * 3 + (150.0,) * 3, 5, True)


def table(path, header, rows):
    lines = [header, *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def moving(samples=100):
    """Acceleration in g and rotation in deg/s."""
    values = 0.1 * np.random.default_rng(0).normal(size=(samples, 6))
    return values + [0, 0, 1, 0, 0, 0]


def test_what_is_one_recording_and_what_a_list():
    assert as_recording(waving()).signals is None
    assert as_recording(moving(), 100).signals_rate == 100
    assert as_recording(moving().tolist()).signals.shape == (100, 6)
    assert not is_list(moving().tolist()) and not is_list(waving().tolist())
    assert is_list([moving(), moving(50)]) and is_list([]) and is_list(["a.csv"])
    assert is_list([moving().tolist(), moving(50).tolist()])
    for wrong, text in (
        (
            np.zeros(5),
            r"shape \(frames, joints, 3\) or \(samples, channels\). Received: shape \(5,\)",
        ),
        ([[1.0, 2.0], [1.0]], "Received: rows of different lengths"),
        (np.array([["a", "b"]]), "as an array of numbers"),
    ):
        with pytest.raises(ValueError, match=text):
            as_recording(wrong)
    with pytest.raises(TypeError, match="Received: int"):
        as_recording(3)
    with pytest.raises(TypeError, match="no rate with a Recording"):
        as_recording(Recording(waving()), 30)


@pytest.mark.parametrize(
    ("recording", "text"),
    [
        (Recording(), "skeleton or signals. Received: nothing"),
        (Recording(waving()[:, :17]), r"of shape \(time, 20, 3\). Received: shape \(60, 17, 3\)"),
        (Recording(signals=moving()[:, :3]), r"of shape \(time, 6\).* channel .* to NaN"),
        (Recording(signals=moving()[:1]), "two time steps or more"),
        (Recording(signals=np.zeros((0, 6))), "two time steps or more"),
        (Recording(signals=np.full((9, 6), np.inf)), "Received: 54 infinite values"),
        (Recording(signals=np.full((9, 6), np.nan)), "Received: NaN alone"),
        (Recording(signals=np.zeros((1_001, 6))), "at most 20 s. Received: 20 s"),
        (Recording(signals=moving(), signals_rate=-1), "a rate from 1 to 10,000"),
        (Recording(np.zeros((9, 20, 3))), "whose shoulders are above its hips"),
    ],
)
def test_what_is_no_recording(recording, text):
    with pytest.raises(ValueError, match=text):
        BODY.read(recording)


def test_a_stream_that_the_model_lacks():
    with pytest.raises(ValueError, match="Expected a recording with signals. Received: skeleton"):
        ActionRecognitionProcessor(0, 50, (0.0,), (1.0,)).read(Recording(waving()))


def test_place_size_and_facing_change_nothing():
    joints = waving()
    expected = BODY.read(Recording(joints)).points
    angle = np.deg2rad(40)
    turn = [[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]]
    changed = 1.3 * (joints - [0, 0, 3]) @ np.array(turn) + [1, 0.2, 2]
    np.testing.assert_allclose(BODY.read(Recording(changed)).points, expected, atol=1e-4)


def test_missing_joints_are_zeros_and_gaps_are_filled():
    joints = waving()
    whole = BODY.features(BODY.read(Recording(joints)))[0]
    gap = joints.copy()
    gap[10:13, 5] = np.nan  # a joint that does not move
    np.testing.assert_allclose(BODY.features(BODY.read(Recording(gap)))[0], whole, atol=1e-4)
    without = joints.copy()
    without[:, 3] = np.nan  # the hips lie between left and right
    without[:, 0] = np.nan
    features = BODY.features(BODY.read(Recording(without)))[0]
    assert np.isfinite(features).all() and not features[:, :3].any()
    without[:, 12] = np.nan
    with pytest.raises(ValueError, match="the hip center, or the left and the right hip"):
        BODY.read(Recording(without))


def test_other_rates_give_the_same_movement():
    slow, fast = (BODY.read(Recording(waving(2.0, rate), None, rate)) for rate in (30, 120))
    assert len(slow.points) == len(fast.points) == 60
    np.testing.assert_allclose(slow.points[2:-2], fast.points[2:-2], atol=0.05)
    signals = BODY.read(Recording(signals=resting(6, 3, 200), signals_rate=200)).signals
    np.testing.assert_allclose(signals, BODY.read(Recording(signals=resting(6))).signals)


@pytest.mark.parametrize(
    ("header", "factors", "clock"),
    [
        ("time,acc_x,acc_y,acc_z,gyr_x,gyr_y,gyr_z", (1, 1), 1.0),
        ("t,ax,ay,az,gx,gy,gz", (1, 1), 1e3),
        (
            "Time (s),Acceleration x (m/s^2),Acceleration y (m/s^2),Acceleration z (m/s^2),"
            "Gyroscope x (rad/s),Gyroscope y (rad/s),Gyroscope z (rad/s)",
            (9.80665, np.pi / 180),
            1.0,
        ),
        ("timestamp,accelX,accelY,accelZ,rotX,rotY,rotZ", (1, 1), 1e9),
    ],
)
def test_tables_of_sensor_apps(tmp_path, header, factors, clock):
    signals = moving()
    values = signals * np.repeat(factors, 3)
    times = [f"{clock * i / 100:.6f}" for i in range(100)]
    path = table(
        tmp_path / "a.csv", header, [(t, *row) for t, row in zip(times, values, strict=True)]
    )
    found = read_file(path)
    np.testing.assert_allclose(found["signals"], signals, atol=1e-5)
    assert found["signals_rate"] == pytest.approx(100)
    assert len(BODY.read(as_recording(path)).signals) == 50


def test_one_sensor_of_two_and_what_is_no_table_of_a_sensor(tmp_path):
    found = read_file(table(tmp_path / "a.csv", "acc_x,acc_y,acc_z", moving()[:, :3]))
    assert np.isnan(found["signals"][:, 3:]).all() and "signals_rate" not in found
    assert np.isfinite(BODY.features(BODY.read(Recording(**found)))[1]).all()
    for header, rows, text in (
        ("acc_x,acc_y", [(1, 1)], "columns for three axes"),
        ("acc_x,acc_y,acc_z", 9.8 * moving()[:, :3], r"9\.\d in the middle, as in m/s²"),
        ("acc_x (ft),acc_y,acc_z", [(1, 1, 1)], "in one of g, m/s"),
        ("acc_x,acc_y,acc_z", [("one", 1, 1)], "a number in column 'acc_x'"),
        ("acc_x,accel_x,acc_y,acc_z", [(1, 1, 1, 1)], "one column for each axis"),
    ):
        with pytest.raises(ValueError, match=text):
            read_file(table(tmp_path / "b.csv", header, rows))
    with pytest.raises(FileNotFoundError, match="no.csv"):
        read_file(tmp_path / "no.csv")


def test_files_of_numpy(tmp_path):
    np.save(tmp_path / "a.npy", waving())
    np.savez(tmp_path / "b.npz", skeleton=waving(), signals=moving(), signals_rate=100)
    assert read_file(tmp_path / "a.npy").keys() == {"skeleton"}
    both = as_recording(tmp_path / "b.npz")
    assert both.signals_rate == 100 and both.skeleton.shape == (60, 20, 3)
    np.save(tmp_path / "c.npy", np.array([{}], dtype=object))
    np.savez(tmp_path / "d.npz", joints=waving())
    with pytest.raises(ValueError, match="without pickles"):
        read_file(tmp_path / "c.npy")
    with pytest.raises(ValueError, match="of the names skeleton.*Received: joints"):
        read_file(tmp_path / "d.npz")
    (tmp_path / "wave").mkdir()
    (tmp_path / "a.npy").rename(tmp_path / "wave" / "1.npy")
    paths, labels = labeled_files(tmp_path)
    assert [path.name for path in paths] == ["1.npy"] and labels == ["wave"]

"""Skeletons: from joints as a camera sees them to features free of place, size and facing."""

import numpy as np

# Joints of the first Kinect, in its order.
JOINTS = (
    "head",
    "shoulder center",
    "spine",
    "hip center",
    "left shoulder",
    "left elbow",
    "left wrist",
    "left hand",
    "right shoulder",
    "right elbow",
    "right wrist",
    "right hand",
    "left hip",
    "left knee",
    "left ankle",
    "left foot",
    "right hip",
    "right knee",
    "right ankle",
    "right foot",
)
# The joint that each one hangs from, towards the hip center.
PARENTS = (1, 2, 3, 3, 1, 4, 5, 6, 1, 8, 9, 10, 3, 12, 13, 14, 3, 16, 17, 18)
# The joint of the other side.
MIRRORED = (0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 16, 17, 18, 19, 12, 13, 14, 15)
FEATURES = 186  # of a frame: (20 joints, the path of the hips, 20 bones, 21 velocities) * 3

_HIPS, _SHOULDERS, _NECK, _CENTER = (12, 16), (4, 8), 1, 3
# Factors that bring bones and velocities, per frame, to the size of positions.
_BONES, _VELOCITIES = 2.0, 10.0


def normalized(joints: np.ndarray) -> np.ndarray:
    """Joints relative to the hips, in lengths of the trunk, of a person who faces the camera.

    The trunk reaches from the hip center to the shoulder center; its length is the median over
    the frames. The person is turned about the vertical axis until hips and shoulders, in the
    median over the frames, lie along the first axis.

    Args:
        joints: shape `(frames, 20, 3)`, NaN where a joint is never seen.

    Returns:
        float32, shape `(frames, 21, 3)`: the joints, and the path of the hips from the first frame.

    Raises:
        ValueError: neither the hip center nor both hips are seen, or neither the shoulder center
            nor both shoulders.
    """
    center = _between(joints, _CENTER, _HIPS, "hip")
    neck = _between(joints, _NECK, _SHOULDERS, "shoulder")
    trunk = float(np.median(np.linalg.norm(neck - center, axis=1)))
    if not trunk > 0:
        raise ValueError(
            "Expected a skeleton whose shoulders are above its hips. Received: both at one place."
        )
    sides = [joints[:, right] - joints[:, left] for left, right in (_HIPS, _SHOULDERS)]
    across = np.median(np.nansum(sides, axis=0), axis=0)  # zeros where no side is seen
    angle = np.arctan2(across[2], across[0])
    path = (center - center[0])[:, None]
    points = np.concatenate([joints - center[:, None], path], axis=1) / trunk
    return (points @ turn(angle)).astype("float32")


def turn(angle: float) -> np.ndarray:
    """Matrix that turns points, as rows, about the vertical axis.

    Args:
        angle: in radians, from the first axis towards the third.
    """
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, 0, -sin], [0, 1, 0], [sin, 0, cos]], "float32")


def mirrored(points: np.ndarray) -> np.ndarray:
    """The movement with left and right exchanged; shape `(frames, 21, 3)` as `normalized`."""
    exchanged = np.concatenate([points[:, list(MIRRORED)], points[:, 20:]], axis=1)
    return exchanged * np.array([-1, 1, 1], "float32")


def features(points: np.ndarray) -> np.ndarray:
    """Features of each frame: positions, bones and velocities; 0 where a joint is never seen.

    Args:
        points: from `normalized`, shape `(frames, 21, 3)`.

    Returns:
        float32, shape `(frames, FEATURES)`.
    """
    joints = points[:, :20]
    bones = joints - joints[:, list(PARENTS)]
    velocities = np.gradient(points, axis=0)
    # At the ends the difference of two frames is noisier than elsewhere.
    velocities[[0, -1]] = velocities[[min(1, len(points) - 1), max(-2, -len(points))]]
    parts = (points, _BONES * bones, _VELOCITIES * velocities)
    frames = np.concatenate([part.reshape(len(points), -1) for part in parts], axis=1)
    return np.nan_to_num(frames, nan=0.0).astype("float32")


def is_placed(joints: np.ndarray) -> bool:
    """Whether `normalized` knows where a person is: hips and shoulders are seen in some frame."""
    places = ((_CENTER, _HIPS), (_NECK, _SHOULDERS))
    seen = (~np.isnan(joints).any(axis=2)).any(axis=0)
    return all(seen[middle] or seen[list(sides)].all() for middle, sides in places)


def _between(joints: np.ndarray, middle: int, sides: tuple[int, int], name: str) -> np.ndarray:
    """A joint of the middle, or the mean of the left and right one if it is never seen."""
    for place in (joints[:, middle], joints[:, list(sides)].mean(axis=1)):
        if not np.isnan(place).any():
            return place
    raise ValueError(
        f"Expected the {name} center, or the left and the right {name}, in a frame or more. "
        "Received: NaN in all frames."
    )

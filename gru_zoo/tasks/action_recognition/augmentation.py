"""Variations of movements: what other people, cameras and sensors would have recorded."""

import dataclasses

import numpy as np

from gru_zoo.tasks.action_recognition import skeleton
from gru_zoo.tasks.action_recognition.processor import Movement
from gru_zoo.tasks.action_recognition.resampling import at

_KNOTS = 5  # of the curve by which time is warped
_SHORTEST = 4  # time steps that are left of a stream


@dataclasses.dataclass(frozen=True)
class Augmentation:
    """How movements are varied in training. All deviations are normal, unless a range is given.

    Args:
        speed: deviation of the logarithm of the speed of a movement.
        warp: deviation of the logarithm of the speed within a movement.
        crop: largest share cut off at each end.
        turn: deviation of a turn about the vertical axis, in degrees; a third of it about others.
        size: deviation of the logarithm of the size along each axis.
        shape: deviation of the place of each joint, the same in all frames, in trunks.
        joint_noise: deviation of the noise of each joint, in trunks.
        lost: probability with which a joint is not seen.
        sensor_turn: deviation of a turn of the sensor about each axis, in degrees.
        sensor_gain: deviation of the logarithm of the gain of the sensor.
        sensor_noise: deviation of the noise of the sensor, in units of its channels.
        mirror: probability with which left and right are exchanged, and with them labels such as
            "swipe left". The sensor, whose axes are not known well enough, is then left out.
        smoothing: share of the targets that is spread over all classes.
    """

    speed: float = 0.15
    warp: float = 0.3
    crop: float = 0.08
    turn: float = 15.0
    size: float = 0.06
    shape: float = 0.03
    joint_noise: float = 0.015
    lost: float = 0.01
    sensor_turn: float = 12.0
    sensor_gain: float = 0.1
    sensor_noise: float = 0.05
    mirror: float = 0.0
    smoothing: float = 0.1

    def __call__(
        self, movement: Movement, random: np.random.Generator, vectors: bool
    ) -> tuple[Movement, bool]:
        """Vary a movement.

        Args:
            movement: the movement.
            random: generator of the variation.
            vectors: whether each three channels of the signals are a vector.

        Returns:
            The varied movement, and whether it was mirrored.
        """
        points, signals = movement
        mirrored = len(points) > 0 and random.random() < self.mirror
        if mirrored:
            signals = signals[:0]
        course = self._course(random)
        if len(points):
            points = self._skeleton(_warped(points, course), random)
            points = skeleton.mirrored(points) if mirrored else points
        if len(signals):
            signals = self._signals(_warped(signals, course), random, vectors)
        return Movement(points, signals), mirrored

    def _course(self, random: np.random.Generator) -> tuple[float, np.ndarray, np.ndarray]:
        """Speed of a movement, how it changes at `_KNOTS` moments, and the shares cut off."""
        speed = np.exp(random.normal(0, self.speed))
        return speed, random.normal(0, self.warp, _KNOTS), random.uniform(0, self.crop, 2)

    def _skeleton(self, points: np.ndarray, random: np.random.Generator) -> np.ndarray:
        angles = random.normal(0, np.array([1 / 3, 1, 1 / 3]) * self.turn)
        points = points @ _turn(angles) * np.exp(random.normal(0, self.size, 3))
        points += random.normal(0, self.joint_noise, points.shape)
        points[:, :20] += random.normal(0, self.shape, (1, 20, 3))
        points[:, :20][:, random.random(20) < self.lost] = np.nan
        return points.astype("float32")

    def _signals(
        self, signals: np.ndarray, random: np.random.Generator, vectors: bool
    ) -> np.ndarray:
        if vectors:
            turn = _turn(random.normal(0, self.sensor_turn, 3))
            signals = (signals.reshape(len(signals), -1, 3) @ turn).reshape(signals.shape)
        signals = signals * np.exp(random.normal(0, self.sensor_gain))
        return (signals + random.normal(0, self.sensor_noise, signals.shape)).astype("float32")


def _warped(values: np.ndarray, course: tuple[float, np.ndarray, np.ndarray]) -> np.ndarray:
    """Values at another speed, which changes in the course, without a part of each end."""
    speed, changes, (start, end) = course
    kept = 1 - start - end
    count = max(_SHORTEST, round(len(values) * kept / speed))
    moments = np.linspace(0, len(changes) - 1, count)
    pace = np.exp(np.interp(moments, range(len(changes)), changes))
    passed = np.cumsum(pace) - pace[0]
    return at(values, (start + kept * passed / passed[-1]) * (len(values) - 1))


def _turn(degrees: np.ndarray) -> np.ndarray:
    """Matrix that turns about an axis by the length of a vector (Rodrigues' formula).

    Args:
        degrees: the axis, whose length is the angle in degrees, shape `(3,)`.
    """
    angle = np.deg2rad(np.linalg.norm(degrees))
    x, y, z = np.deg2rad(degrees) / max(angle, 1e-9)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    turn = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    return turn.astype("float32")

"""Prose of the cards of the action recognition presets."""

_LICENCE = (
    "Apache-2.0 for the weights as far as they are ours; check the terms of the data they were "
    "trained on, listed under data, before commercial use"
)

TEXTS = {
    "action_recognition_body": {
        "summary": "Recognizes 27 actions in the joints of a body, in the signals of a sensor on "
        "the wrist or thigh, or in both, by convolutions and a bidirectional GRU for each. Trained "
        "from scratch on two CPU cores.",
        "licence": _LICENCE,
        "intended_use": "Recordings of one action of a few seconds: experiments, teaching, and a "
        "starting point for actions of your own. Joints are the 20 of the first Kinect in meters, "
        "30 frames per second; signals are acceleration in g and rotation in degrees per second, "
        "50 samples per second. Other rates are resampled, and missing joints are NaN.",
        "limits": "Trained on four people in one room, each of whom did every action four "
        "times. Where the sensor is worn tells the model something: on the right wrist for the "
        "first 21 actions, on the right thigh for sitting, standing, walking, jogging, lunging and "
        "squatting. It has no class for other actions or for rest, and gives one of its 27 labels "
        "to every recording. The sensor alone confuses throwing, catching and the basketball shot. "
        "Do not use it to judge people, or where a mistake does harm.",
        "citations": (
            "Chen, Jafari, Kehtarnavaz 2015, UTD-MHAD: A Multimodal Dataset for Human Action "
            "Recognition Utilizing a Depth Camera and a Wearable Inertial Sensor, ICIP",
            "Simonyan & Zisserman 2014, Two-Stream Convolutional Networks for Action Recognition "
            "in Videos, arXiv:1406.2199",
        ),
    },
    "action_recognition_vowels": {
        "summary": "Recognizes nine speakers by 12 cepstral coefficients of the vowels /ae/, by a "
        "convolution and a bidirectional GRU: the smallest example of a classifier of signals. "
        "Trained from scratch on two CPU cores.",
        "licence": _LICENCE,
        "intended_use": "Experiments and teaching: channels of unequal length, to one of a few "
        "classes.",
        "limits": "It knows nine men and one pair of vowels. It says nothing about other voices, "
        "and is no means of identification.",
        "citations": (
            "Kudo, Toyama, Shimbo 1999, Multidimensional Curve Classification Using "
            "Passing-Through Regions, Pattern Recognition Letters 20",
        ),
    },
}

"""Prose of the card of the preset for anomalies."""

TEXTS = {
    "anomalies_stream": {
        "summary": (
            "Scores each value of a series by those before it, and raises alarms, without training "
            "and without labels. A small GRU forecasts quantiles of the next value. It was trained "
            "from scratch on synthetic series, energy, air, employment and the hourly series of "
            "M4, on two CPU cores."
        ),
        "licence": (
            "Apache-2.0 for the weights as far as they are ours; check the terms of the data they "
            "were trained on, listed under data, before commercial use"
        ),
        "intended_use": (
            "A first look at metrics of servers, counts and sensors, and a start for series of "
            "your own."
        ),
        "limits": (
            "It sees one series at a time and finds values that the steps before do not let "
            "expect: spikes, jumps and broken seasons. Slow changes and long deviations raise one "
            "alarm at most, at their start, and what comes often is normal to it. It misses many "
            "anomalies and raises false alarms; where that does harm, a person has to look. Tell "
            "the season, or pass times: without them a season is only seen as far as the state of "
            "the GRU reaches. The first 30 values are never judged."
        ),
        "citations": (
            "Lavin & Ahmad 2015, Evaluating Real-time Anomaly Detection Algorithms - the Numenta "
            "Anomaly Benchmark, ICMLA",
            "Siffer et al. 2017, Anomaly Detection in Streams with Extreme Value Theory, KDD",
            "Liu & Paparrizos 2024, The Elephant in the Room: Towards A Reliable Time-Series "
            "Anomaly Detection Benchmark, NeurIPS (TSB-AD)",
        ),
    },
}

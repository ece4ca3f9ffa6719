"""Prose of the cards of the forecasting presets."""

_LICENCE = (
    "Apache-2.0 for the weights as far as they are ours; check the terms of the data they were "
    "trained on, listed under data, before commercial use"
)
_CITATIONS = (
    "Smyl 2020, A hybrid method of exponential smoothing and recurrent neural networks for time "
    "series forecasting, International Journal of Forecasting 36",
    "Lin et al. 2023, SegRNN: Segment Recurrent Neural Network for Long-Term Time Series "
    "Forecasting, arXiv:2308.11200",
    "Ansari et al. 2024, Chronos: Learning the Language of Time Series, TMLR, arXiv:2403.07815",
)
_LIMITS = (
    "It knows the past of the series alone: no covariates, no holidays, no other series. Each "
    "channel is forecast by itself. Quantiles below .1 and above .9 are not forecast. "
)
_ADVICE = "Prices and rates are close to a random walk: nothing here is investment advice."

TEXTS = {
    "forecasting_any": {
        "summary": "Forecasts nine quantiles of any series, with no training on it: GRUs read up "
        "to 2,048 past steps in patches, and another refines simple guesses of the future. Trained "
        "on synthetic series and on real ones that are in no test.",
        "licence": _LICENCE,
        "intended_use": "A first forecast with intervals for tables of one's own, of any "
        "frequency; and a start for fine-tuning.",
        "limits": _LIMITS + "Up to 720 steps at once. Seasons longer than 1,024 steps are not "
        "seen. " + _ADVICE,
        "citations": _CITATIONS,
    },
    "forecasting_exchange": {
        "summary": "Forecasts the exchange rates of eight currencies to the US dollar, daily, up "
        "to 24 working days ahead.",
        "licence": _LICENCE,
        "intended_use": "Comparison with other forecasters on this set, and teaching.",
        "limits": "It does not beat the naive forecast: the last value, repeated, has RSE .0171, "
        ".0239, .0330 and .0436 at 3, 6, 12 and 24 days on the same test, this model .0171, .0238, "
        ".0332 and .0439. It adds an interval. " + _LIMITS + "It was trained on the first 60 % "
        "of the days from 1990 to 2016. " + _ADVICE,
        "citations": (
            *_CITATIONS[:2],
            "Lai et al. 2018, Modeling Long- and Short-Term Temporal Patterns with Deep Neural "
            "Networks, SIGIR, arXiv:1703.07015",
        ),
    },
    "forecasting_etth1": {
        "summary": "Forecasts the load of a transformer and the temperature of its oil, every "
        "hour, up to 720 hours ahead.",
        "licence": _LICENCE,
        "intended_use": "Comparison with other forecasters on this set, and teaching.",
        "limits": _LIMITS.strip(),
        "citations": _CITATIONS[:2],
    },
    "forecasting_ettm1": {
        "summary": "Forecasts the load of a transformer and the temperature of its oil, every "
        "quarter of an hour, up to 720 steps ahead.",
        "licence": _LICENCE,
        "intended_use": "Comparison with other forecasters on this set, and teaching.",
        "limits": _LIMITS.strip(),
        "citations": _CITATIONS[:2],
    },
    "forecasting_weather": {
        "summary": "Forecasts 21 measurements of the weather in Jena, every ten minutes, up to 720 "
        "steps ahead.",
        "licence": _LICENCE,
        "intended_use": "Comparison with other forecasters on this set, and teaching.",
        "limits": _LIMITS.strip(),
        "citations": _CITATIONS[:2],
    },
    "own": {
        "summary": "Forecasts nine quantiles of series of one kind.",
        "licence": "yours to state",
        "intended_use": "Series of the kind it was trained on.",
        "limits": _LIMITS.strip(),
        "citations": _CITATIONS[:2],
    },
}

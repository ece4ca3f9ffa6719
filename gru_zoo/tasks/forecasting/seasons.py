"""Seasons of a series: steps of a day, a week or a year, by its frequency or by its values."""

# A longer season that goes with one of so many steps: a week of days, a year of weeks.
LONG_SEASONS = {7: 364, 24: 168, 48: 336, 96: 672, 144: 1_008}

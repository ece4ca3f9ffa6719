"""Files of the repository that tools outside it read."""

import re

import gru_zoo
from tests.backends import only_on
from tests.paths import ROOT

pytestmark = only_on("torch", "the files are the same on every backend")


def test_the_citation_is_of_this_version():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {gru_zoo.__version__}\n" in citation
    assert "\nlicense: Apache-2.0\n" in citation


def test_the_workflow_runs_what_the_readme_says():
    workflow = (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")
    assert re.findall(r"run: (.*)", workflow) == ["make test"]
    assert "\n    make test " in (ROOT / "README.md").read_text(encoding="utf-8")


def test_nothing_unpickles():
    for folder in ("gru_zoo", "recipes", "tools", "benchmarks"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"\b(pickle\.|import pickle|torch\.load|joblib)", text), path
            loads = re.findall(r"np\.load\(([^)]*)\)", text)
            assert all("allow_pickle=True" not in arguments for arguments in loads), path

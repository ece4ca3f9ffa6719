"""The wheel, built from the checkout and installed beside nothing else of it."""

import email
import os
import pathlib
import subprocess
import sys
import sysconfig
import tarfile
import zipfile

import pytest

import gru_zoo
from tests.backends import only_on
from tests.paths import ROOT

PRESETS = ROOT / "saved_models"
MIB = 2**20

pytestmark = only_on("torch", "the wheel is the same for every backend")
pytest.importorskip("hatchling", reason="building the wheel needs hatchling: gru-zoo[dev]")


def preset_files() -> set[str]:
    """Paths of the presets' files under saved_models, but for hidden ones."""
    paths = (path.relative_to(PRESETS) for path in PRESETS.rglob("*") if path.is_file())
    return {p.as_posix() for p in paths if not any(part.startswith(".") for part in p.parts)}


def preset_names() -> list[str]:
    return sorted(path.parent.name for path in PRESETS.glob("[!.]*/card.json"))


def call(*command: str | os.PathLike, cwd: pathlib.Path, **env: str) -> str:
    """Run a command in an environment that does not know the checkout."""
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "GRU_ZOO_HOME")}
    done = subprocess.run(
        command, cwd=cwd, env=clean | env, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def dist(tmp_path_factory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("dist")
    call(sys.executable, "-m", "hatchling", "build", "-d", str(folder), cwd=ROOT)
    return folder


@pytest.fixture(scope="session")
def wheel(dist) -> pathlib.Path:
    (path,) = dist.glob("*.whl")
    return path


@pytest.fixture(scope="session")
def installed(wheel, tmp_path_factory) -> pathlib.Path:
    """A new environment with the wheel in it, which borrows this one's other packages.

    A folder that a .pth file names is searched, but its own .pth files are not read: so the
    editable install of the checkout stays out.
    """
    env = tmp_path_factory.mktemp("env")
    call(sys.executable, "-m", "venv", "--without-pip", env, cwd=env)
    python = env / "bin" / "python"
    call(
        *(sys.executable, "-m", "pip", "--python", python, "install", "--quiet"),
        *("--no-deps", "--no-index", "--disable-pip-version-check", wheel),
        cwd=env,
    )
    (site,) = env.glob("lib/python*/site-packages")
    paths = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    (site / "borrowed.pth").write_text("\n".join(sorted(paths)) + "\n", encoding="utf-8")
    return env


def test_wheel_holds_the_package_and_the_presets(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"gru_zoo/__init__.py", "gru_zoo/py.typed", "gru_zoo/layers/gru.py"} <= names
    prefix = "gru_zoo/saved_models/"
    assert {n.removeprefix(prefix) for n in names if n.startswith(prefix)} == preset_files()
    dist_info = f"gru_zoo-{gru_zoo.__version__}.dist-info"
    assert {name.split("/")[0] for name in names} == {"gru_zoo", dist_info}
    assert f"{dist_info}/licenses/LICENSE" in names


def test_wheel_metadata(wheel):
    dist_info = f"gru_zoo-{gru_zoo.__version__}.dist-info"
    with zipfile.ZipFile(wheel) as archive:
        metadata = email.message_from_bytes(archive.read(f"{dist_info}/METADATA"))
        scripts = archive.read(f"{dist_info}/entry_points.txt").decode()
    assert metadata["Version"] == gru_zoo.__version__
    assert metadata["License-Expression"] == "Apache-2.0"
    backends = {"tensorflow", "jax", "torch"}
    extras = {
        *backends,
        "datasets",
        "train",
        "tables",
        "chess",
        "baselines",
        "hub",
        "export",
        "all",
        "dev",
    }
    assert set(metadata.get_all("Provides-Extra")) == extras
    core = {line for line in metadata.get_all("Requires-Dist") if "extra ==" not in line}
    assert not [line for line in core if line.startswith(("tensorflow", "jax", "torch"))]
    assert "gru-zoo = gru_zoo.__main__:main" in scripts


def test_source_archive_can_build_the_same_wheel(dist):
    (path,) = dist.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {member.name.split("/", 1)[-1] for member in archive.getmembers()}
    expected = {"pyproject.toml", "README.md", "LICENSE", "gru_zoo/__init__.py", "constraints.txt"}
    assert expected | {f"saved_models/{name}" for name in preset_files()} <= names
    assert not [name for name in names if name.startswith((".venv", ".cache", ".git/"))]


def test_presets_stay_small():
    sizes: dict[str, int] = {}
    for name in preset_files():
        preset = name.split("/")[0]
        sizes[preset] = sizes.get(preset, 0) + (PRESETS / name).stat().st_size
    assert all(size <= 12 * MIB for size in sizes.values()), sizes
    assert sum(sizes.values()) <= 92 * MIB, sizes


def test_wheel_can_be_uploaded(wheel):
    assert wheel.stat().st_size <= 100_000_000  # the limit of PyPI


def test_installed_package_is_used_outside_the_checkout(installed, tmp_path):
    code = "import gru_zoo; print(gru_zoo.__file__, gru_zoo.__version__, *gru_zoo.list_models())"
    found, version, *models = call(installed / "bin/python", "-c", code, cwd=tmp_path).split()
    assert pathlib.Path(found).is_relative_to(installed)
    assert version == gru_zoo.__version__
    assert models == preset_names()


def test_installed_command_runs_outside_the_checkout(installed, tmp_path):
    listed = call(installed / "bin/gru-zoo", "list", cwd=tmp_path)
    assert not [name for name in preset_names() if name not in listed]


def test_installed_package_predicts_outside_the_checkout(installed, tmp_path):
    code = """
import gru_zoo
for label in gru_zoo.load("sentiment").predict(["An absolute delight.", "A tedious mess."]):
    print(label.label)
"""
    printed = call(installed / "bin/python", "-c", code, cwd=tmp_path)
    assert printed.splitlines()[-2:] == ["positive", "negative"]

"""What pip builds the package with: maturin, once it is certain that there is a Rust that can.

Of a Rust that is too old cargo says what each of sixty crates thinks of it, and where Rust is missing and cannot be
fetched, there is a page of what went on inside. Who installs a Python package is told here what to do.
"""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from typing import Any, NoReturn

import maturin
from maturin import (
    build_sdist,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

# It would warn that it is not the backend, which it is, behind this one.
os.environ.setdefault("MATURIN_NO_MISSING_BUILD_BACKEND_WARNING", "1")

Settings = Mapping[str, Any]


def prepare_metadata_for_build_wheel(metadata_directory: str, config_settings: Settings | None = None) -> str:
    """As maturin's, with a Python and a Rust that can build the package."""
    check_python()
    provide_rust()
    return maturin.prepare_metadata_for_build_wheel(metadata_directory, config_settings)


def prepare_metadata_for_build_editable(metadata_directory: str, config_settings: Settings | None = None) -> str:
    """As maturin's, with a Python and a Rust that can build the package."""
    check_python()
    provide_rust()
    return maturin.prepare_metadata_for_build_editable(metadata_directory, config_settings)


def build_wheel(
    wheel_directory: str, config_settings: Settings | None = None, metadata_directory: str | None = None
) -> str:
    """As maturin's, with a Python and a Rust that can build the package."""
    check_python()
    provide_rust()
    return maturin.build_wheel(wheel_directory, config_settings, metadata_directory)


def build_editable(
    wheel_directory: str, config_settings: Settings | None = None, metadata_directory: str | None = None
) -> str:
    """As maturin's, with a Python and a Rust that can build the package."""
    check_python()
    provide_rust()
    return maturin.build_editable(wheel_directory, config_settings, metadata_directory)


def check_python() -> None:
    """Ends the build for an interpreter that the binding, PyO3, cannot be built for."""
    if sys.version_info < (3, 14) and sysconfig.get_config_var("Py_GIL_DISABLED"):
        end(
            f"pykorm cannot be built for the free-threaded Python {sys.version_info[0]}.{sys.version_info[1]}.\n"
            "Use the free-threaded Python 3.14 or newer, or one that is not free-threaded, from 3.10 on."
        )


def provide_rust() -> None:
    """Ends the build with what to do next, unless there is a Rust that can build the package."""
    needed = needed_rust()
    if shutil.which("cargo") is None:
        fetch_rust(needed)
    found = found_rust()
    if found is not None and as_numbers(found) < as_numbers(needed):
        end(
            f"pykorm is built with Rust {needed} or newer, and here is Rust {found}.\n"
            "Update it with `rustup update`, or install a newer one from https://rustup.rs, and try again."
        )


def fetch_rust(needed: str) -> None:
    """Has a Rust downloaded, as maturin does, unless that is not wanted."""
    advice = f"Install Rust {needed} or newer from https://rustup.rs, see that `cargo` is on PATH, and try again."
    if os.environ.get("MATURIN_NO_INSTALL_RUST"):
        end(f"pykorm is built with Rust, of which there is none here.\n{advice}")
    try:
        from puccinialin import setup_rust

        os.environ.update(setup_rust())
    except Exception as error:  # whatever stops a download: no network, no disk, no such platform
        end(
            "pykorm is built with Rust, of which there is none here, and it could not be downloaded "
            f"({type(error).__name__}: {error}).\n{advice}"
        )


def needed_rust() -> str:
    """The Rust that the Cargo.toml of the workspace asks for; in a clone it is above this package, else beside it."""
    here = pathlib.Path(__file__).resolve().parent.parent
    for folder in (here, *here.parents):
        manifest = folder / "Cargo.toml"
        found = re.search(r'^rust-version = "([\d.]+)"$', manifest.read_text(), re.M) if manifest.is_file() else None
        if found:
            return found[1]
    raise RuntimeError(f"there is no Cargo.toml with a rust-version in {here} or above it")


def found_rust() -> str | None:
    """The version of the Rust that cargo would use; None if it does not say, and cargo will say why."""
    command = [os.environ.get("RUSTC", "rustc"), "--version"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.match(r"rustc ([\d.]+)", said)
    return found[1] if found else None


def as_numbers(version: str) -> tuple[int, ...]:
    """``1.89.0`` as numbers that compare, the first two: what follows only mends."""
    return tuple(int(part) for part in version.split(".")[:2])


def end(message: str) -> NoReturn:
    """Ends the build with nothing but this."""
    print(f"\n{message}\n", file=sys.stderr)
    raise SystemExit(1)

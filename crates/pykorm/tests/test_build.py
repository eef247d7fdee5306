"""What somebody reads whose machine has no Rust, or an old one, or a Python that will not do; no server is asked."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from conftest import HERE, WORKSPACE

pytest.importorskip("maturin", reason="maturin is not installed")

(NEEDED,) = re.findall(r'rust-version = "(.*)"', (WORKSPACE / "Cargo.toml").read_text())

HOOKS = (
    "prepare_metadata_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "build_wheel",
    "build_editable",
)


@pytest.fixture
def build(tmp_path):
    """Calls a function of the backend with only such programs on PATH, and gives what becomes of it."""

    def run(call: str, *, rust: str | None, **environment: str) -> tuple[int, str]:
        programs = tmp_path / "programs"
        programs.mkdir()
        if rust is not None:
            for name in ("cargo", "rustc"):
                program = programs / name
                program.write_text(f"#!/bin/sh\necho '{name} {rust}'\n")
                program.chmod(0o755)
        done = subprocess.run(
            [sys.executable, "-c", f"import pykorm_build\n{call}"],
            env={"PATH": str(programs), "PYTHONPATH": str(HERE.parent / "backend"), **environment},
            cwd=HERE.parent,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.returncode, done.stdout + done.stderr.strip()

    return run


@pytest.mark.parametrize("hook", HOOKS)
def test_a_rust_that_is_too_old(build, tmp_path, hook):
    assert build(f"pykorm_build.{hook}({str(tmp_path)!r})", rust="1.80.1 (3f5fd8dd4 2024-08-06)") == (
        1,
        f"pykorm is built with Rust {NEEDED} or newer, and here is Rust 1.80.1.\n"
        "Update it with `rustup update`, or install a newer one from https://rustup.rs, and try again.",
    )


@pytest.mark.parametrize("hook", HOOKS)
def test_a_free_threaded_python_that_is_too_old(build, tmp_path, hook):
    call = f"""
import sys, sysconfig
sys.version_info = (3, 13, 5)
sysconfig.get_config_var = {{"Py_GIL_DISABLED": 1}}.get
pykorm_build.{hook}({str(tmp_path)!r})
"""
    assert build(call, rust=f"{NEEDED}.0 (29483883e 2025-08-04)") == (
        1,
        "pykorm cannot be built for the free-threaded Python 3.13.\n"
        "Use the free-threaded Python 3.14 or newer, or one that is not free-threaded, from 3.10 on.",
    )


def test_a_rust_that_will_do(build):
    assert build("pykorm_build.provide_rust()", rust=f"{NEEDED}.0 (29483883e 2025-08-04)") == (0, "")


def test_no_rust_that_anybody_is_to_fetch(build):
    assert build("pykorm_build.provide_rust()", rust=None, MATURIN_NO_INSTALL_RUST="1") == (
        1,
        "pykorm is built with Rust, of which there is none here.\n"
        f"Install Rust {NEEDED} or newer from https://rustup.rs, see that `cargo` is on PATH, and try again.",
    )


def test_no_rust_and_no_network(build):
    call = """
import sys, types
def setup_rust():
    raise ConnectionError("no route to host")
sys.modules["puccinialin"] = types.SimpleNamespace(setup_rust=setup_rust)
pykorm_build.provide_rust()
"""
    assert build(call, rust=None) == (
        1,
        "pykorm is built with Rust, of which there is none here, and it could not be downloaded "
        "(ConnectionError: no route to host).\n"
        f"Install Rust {NEEDED} or newer from https://rustup.rs, see that `cargo` is on PATH, and try again.",
    )

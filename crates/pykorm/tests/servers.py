"""Programs that the tests start: `korm serve` and kubectl."""

from __future__ import annotations

import os
import pathlib
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Iterable


class Served:
    """A `korm serve` that is up."""

    def __init__(self, command: str, kubeconfig: pathlib.Path, *arguments: str) -> None:
        self.kubeconfig = kubeconfig
        self._command = [command, "serve", "--kubeconfig", str(kubeconfig), *arguments]

    def __enter__(self) -> Served:
        self.process = subprocess.Popen(self._command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 20
        while not self.kubeconfig.exists():
            if self.process.poll() is not None:
                raise RuntimeError(f"korm serve ended: {self.process.stderr.read()}")
            if time.monotonic() > deadline:
                self.process.kill()
                raise RuntimeError("korm serve wrote no kubeconfig within 20 seconds")
            time.sleep(0.005)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self, how: int = signal.SIGTERM) -> tuple[int, str, str]:
        """Stops it, and gives its status and output."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            out, err = self.process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        return self.process.returncode, out, err


class KubectlFailed(AssertionError):
    """kubectl ended with an error."""


class Kubectl:
    """kubectl with one kubeconfig."""

    def __init__(self, command: str, kubeconfig: str, cache: pathlib.Path) -> None:
        self.command = command
        self.environment = {**os.environ, "KUBECONFIG": kubeconfig, "KUBECACHEDIR": str(cache)}

    def run(self, *arguments: str, stdin: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs it, whatever comes of it."""
        return subprocess.run(
            [self.command, *arguments],
            input=stdin,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            timeout=120,
        )

    def __call__(self, *arguments: str, stdin: str | None = None, **environment: str) -> str:
        """Runs it and gives its output; fails with all that it said if it failed."""
        done = self.run(*arguments, stdin=stdin, **environment)
        if done.returncode:
            raise KubectlFailed(f"kubectl {' '.join(arguments)} gave {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def fails(self, *arguments: str, stdin: str | None = None) -> str:
        """Runs it, wants it to fail, and gives what it said about that."""
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode != 0, f"kubectl {' '.join(arguments)} succeeded:\n{done.stdout}"
        return done.stderr

    def popen(self, *arguments: str) -> subprocess.Popen[str]:
        """Starts it and goes on."""
        return subprocess.Popen(
            [self.command, *arguments], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )


class Lines:
    """The lines a program prints, as they come."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._lines: queue.Queue[str] = queue.Queue()
        self._thread = threading.Thread(target=self._read, args=(process.stdout,), daemon=True)
        self._thread.start()

    def _read(self, stream: Iterable[str]) -> None:
        for line in stream:
            self._lines.put(line)

    def until(self, wanted: str, timeout: float = 20) -> list[str]:
        """All lines up to the first one that contains ``wanted``."""
        found: list[str] = []
        deadline = time.monotonic() + timeout
        while not found or wanted not in found[-1]:
            try:
                found.append(self._lines.get(timeout=max(0.0, deadline - time.monotonic())))
            except queue.Empty:
                raise AssertionError(f"no line with {wanted!r} came in {timeout} s, but {found}") from None
        return found


def rows(table: str) -> list[list[str]]:
    """The cells of a table that kubectl printed, its heading included."""
    return [line.split() for line in table.strip().splitlines()]

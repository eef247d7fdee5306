"""`korm serve`: who gets in, what it writes, how it ends."""

from __future__ import annotations

import http.client
import os
import pathlib
import re
import signal
import socket
import ssl
import stat
import subprocess
import time

import pytest
from servers import Kubectl, Served


@pytest.fixture
def path(tmp_path) -> pathlib.Path:
    return tmp_path / "kubeconfig"


def told(kubeconfig: pathlib.Path, key: str) -> str:
    return re.search(rf"{key}: (\S+)", kubeconfig.read_text()).group(1)


def ask(kubeconfig: pathlib.Path, method: str = "GET", target: str = "/version", **headers: str) -> tuple[int, str]:
    """One request with Python's own client; the certificate is left unchecked, kubectl checks it."""
    host, port = told(kubeconfig, "server").removeprefix("https://").split(":")
    context = ssl._create_unverified_context()
    connection = http.client.HTTPSConnection(host, int(port), context=context, timeout=10)
    connection.putrequest(method, target, skip_host="Host" in headers)
    headers.setdefault("Authorization", f"Bearer {told(kubeconfig, 'token')}")
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    try:
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_the_kubeconfig_is_private_and_the_server_answers_once_it_is_there(korm_command, path):
    with Served(korm_command, path) as served:
        # At once, without any patience.
        assert ask(path)[0] == 200
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert [entry.name for entry in path.parent.iterdir()] == ["kubeconfig"]
        assert told(path, "server").startswith("https://127.0.0.1:")
        code, out, err = served.stop()
    assert (code, err) == (0, "")
    assert f"export KUBECONFIG={path}" in out
    assert "kubectl get namespaces" in out


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_stops_cleanly(korm_command, path, how):
    with Served(korm_command, path) as served:
        port = int(told(path, "server").rsplit(":", 1)[1])
        began = time.monotonic()
        code, out, err = served.stop(how)
        assert (code, err) == (0, "")
        assert time.monotonic() - began < 3
        assert not path.exists()
        assert out.endswith(f"stopped; {path} is removed\n")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=1)


def test_it_stops_with_a_watch_open(korm_command, kubectl_command, path, tmp_path):
    with Served(korm_command, path) as served:
        kubectl = Kubectl(kubectl_command, str(path), tmp_path / "cache")
        watching = kubectl.popen("get", "ns", "-w")
        assert watching.stdout.readline().startswith("NAME")
        began = time.monotonic()
        assert served.stop()[0] == 0
        assert time.monotonic() - began < 5
        watching.terminate()
        watching.communicate(timeout=10)


def test_a_kubeconfig_of_its_own_unless_asked(korm_command, tmp_path):
    process = subprocess.Popen(
        [korm_command, "serve"], stdout=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(tmp_path)}
    )
    lines = [process.stdout.readline() for _ in range(3)]
    path = pathlib.Path(re.search(r"export KUBECONFIG=(\S+)", lines[2]).group(1))
    assert tmp_path in path.parents
    assert ask(path)[0] == 200
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == 0
    assert list(tmp_path.iterdir()) == []
    process.stdout.close()


def test_the_port_that_was_asked_for(korm_command, path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with Served(korm_command, path, "--port", str(port)):
        assert told(path, "server") == f"https://127.0.0.1:{port}"


@pytest.mark.parametrize("host", ["example.com", "127.0.0.1.example.com:80", "10.0.0.1", ""])
def test_foreign_hosts_are_refused(served, host):
    status, text = ask(served.kubeconfig, Host=host)
    assert status in (400, 403, 421), text
    assert "gitVersion" not in text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_loopback_hosts_are_let_in(served, host):
    assert ask(served.kubeconfig, Host=host)[0] == 200


@pytest.mark.parametrize("origin", ["https://example.com", "https://127.0.0.1", "null"])
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_any_origin_is_refused(served, origin, method):
    assert ask(served.kubeconfig, method, Origin=origin)[0] == 403


@pytest.mark.parametrize("token", ["", "Bearer wrong", "Basic YTpi"])
def test_without_the_token_nobody_gets_in(served, token):
    status, text = ask(served.kubeconfig, Authorization=token)
    assert status == 401
    assert '"reason":"Unauthorized"' in text.replace(" ", "")


def test_tokens_differ_from_run_to_run(korm_command, tmp_path):
    tokens = set()
    for number in range(2):
        with Served(korm_command, tmp_path / str(number)) as served:
            tokens.add(told(served.kubeconfig, "token"))
    assert len(tokens) == 2
    assert all(len(token) >= 32 for token in tokens)


def test_it_listens_on_loopback_only(served):
    port = int(told(served.kubeconfig, "server").rsplit(":", 1)[1])
    addresses = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), port, socket.AF_INET)}
    for address in addresses - {"127.0.0.1", "127.0.1.1"}:
        with pytest.raises(OSError):
            socket.create_connection((address, port), timeout=1)

"""Signals, forks, threads and the end of the interpreter."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pykorm
import pytest
from conftest import Namespace, group
from pykorm.exceptions import ConnectError

GROUP = group("processes")


@pykorm.k8s_custom_object(GROUP, "v1", "peaches")
class Peach(pykorm.NamespacedModel):
    """The kind that the programs declare for themselves, so that it is served before they run, and gone afterwards."""

    variety: str = pykorm.Spec("variety")
    price: int = pykorm.Spec("price")


KINDS = (Peach,)

# A job in the background of a script is started with SIGINT ignored, and so is what it starts; Python then has no
# Ctrl-C.
PEACH = f"""
import os, signal, sys, threading, time
signal.signal(signal.SIGINT, signal.default_int_handler)
import pykorm
@pykorm.k8s_custom_object({GROUP!r}, 'v1', 'peaches')
class Peach(pykorm.NamespacedModel):
    variety: str = pykorm.Spec('variety')
    price: int = pykorm.Spec('price')
    again = pykorm.BelongsTo('Peach', path=['metadata', 'name'])
def connected():
    where = os.environ.get('KORM_TEST_KUBECONFIG')
    return pykorm.Cluster(where, faults=True) if where else pykorm.embedded()
"""


@pytest.fixture
def where(here, any_kubeconfig) -> dict[str, str]:
    """The environment in which ``connected()`` of a program leads to each server, where there are no peaches."""
    return {} if any_kubeconfig is None else {"KORM_TEST_KUBECONFIG": any_kubeconfig}


def program(text: str) -> list[str]:
    return [sys.executable, "-u", "-c", PEACH + textwrap.dedent(text)]


def finish(process: subprocess.Popen[str], timeout: float) -> tuple[int, str, str]:
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        pytest.fail(f"it hung:\n{process.communicate()}")
    return process.returncode, out, err


def run(text: str, timeout: float = 20, **environment: str) -> tuple[int, str, str]:
    process = subprocess.Popen(
        program(text),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    return finish(process, timeout)


BLOCKING = {
    "a watch": """\
cluster = connected()
cluster.install(Peach)
print('ready')
[e for e in Peach.query.using(cluster).watch()]
""",
    "a list of a server that never answers": """\
import socket
silent = socket.create_server(('127.0.0.1', 0))
cluster = pykorm.clusters.from_configuration({'host': f'http://127.0.0.1:{silent.getsockname()[1]}'})
print('ready')
Peach.query.using(cluster).all()
""",
    "a save": """\
import socket
silent = socket.create_server(('127.0.0.1', 0))
cluster = pykorm.clusters.from_configuration({'host': f'http://127.0.0.1:{silent.getsockname()[1]}'})
print('ready')
Peach(namespace='a', name='b', variety='c').save(cluster)
""",
}


@pytest.mark.parametrize("what", BLOCKING)
def test_ctrl_c_ends_what_blocks(what, where):
    process = subprocess.Popen(
        program(BLOCKING[what]),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **where},
    )
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.3)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    code, _, err = finish(process, 10)
    took = time.monotonic() - began
    assert "KeyboardInterrupt" in err
    assert code != 0
    # How soon the call itself ends is tested below; here it is that the whole process does.
    assert took < 10, took


EVERY_CALL = """
orchard = connected()
orchard.install(Peach)
pk = pykorm.Pykorm(orchard)
kept = Peach(namespace='default', name='kept', variety='Frost')
pk.save(kept)
def stored():
    peach = Peach.query.using(orchard).filter(namespace='default').get('kept')
    peach.variety = 'changed'
    return peach
def new():
    return Peach(namespace='default', name='new', variety='c')
query = Peach.query.using(orchard)
every = {
    'save a new one': lambda: pk.save(new()),
    'save': lambda peach=stored(): pk.save(peach),
    'create': lambda: pk.create(new()),
    'get_or_create': lambda: pk.get_or_create(new()),
    'apply': lambda: pk.apply(new()),
    'delete': lambda peach=stored(): pk.delete(peach),
    'refresh': lambda peach=stored(): pk.refresh(peach),
    'update': lambda peach=stored(): pk.update(peach, lambda peach: None),
    'wait_for': lambda peach=stored(): pk.wait_for(peach, 'gone'),
    'add_finalizer': lambda peach=stored(): pk.add_finalizer(peach, 'example.com/x'),
    'owners': lambda peach=stored(): pk.owners(peach),
    'save_all': lambda: pk.save_all([new()] * 3),
    'apply_all': lambda: pk.apply_all([new()] * 3),
    'delete_all': lambda: pk.delete_all([new()] * 3),
    'install': lambda: pk.install(Peach),
    'load': lambda: orchard.load('apiVersion: v1\\nkind: Namespace\\nmetadata: {name: x}\\n'),
    'kind': lambda: orchard.kind('peaches'),
    'all': query.all,
    'list': lambda: list(query),
    'len': lambda: len(query),
    'bool': lambda: bool(query),
    'first': query.first,
    'one': query.one,
    'index': lambda: query[0],
    'count': query.count,
    'exists': query.exists,
    'values': query.values,
    'get': lambda: query.filter(namespace='default').get('kept'),
    'query.update': lambda: query.update(variety='x'),
    'query.delete': query.delete,
    'include': lambda: query.include('again').all(),
    'several clusters': lambda: pykorm.Clusters({'a': orchard, 'b': orchard}).query(Peach.query),
    'watch': lambda: next(query.watch()),
}
faults = orchard.faults
def took(call):
    sent = []
    def interrupt():
        time.sleep(0.1)
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)
    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        call()
    except KeyboardInterrupt:
        return time.monotonic() - sent[0]
    finally:
        thread.join()
    raise SystemExit(f'{name} ended by itself')
def once(name, call):
    faults.calm()
    if name.startswith('query.'):
        faults.on('write', times=None).hang()  # the list comes, and then the writes hang
    elif name == 'include':
        faults.on(path='/peaches', after=1, times=None).hang()
    else:
        faults.on(times=None).hang()
    return took(call)
for name, call in every.items():
    # A busy machine may be late once; a call that does not listen is late always.
    if all(once(name, call) >= 0.2 for _ in range(5)):
        print('too late:', name)
faults.calm()
assert query.count() == 1
print(len(every), 'calls')
"""


def test_ctrl_c_ends_every_call_within_200_ms(where):
    code, out, err = run(EVERY_CALL, timeout=60, **where)
    assert (code, out) == (0, "33 calls\n"), err


def test_waiting_releases_the_gil(where):
    code, out, err = run(
        """
        cluster = connected()
        cluster.install(Peach)
        watch = Peach.query.using(cluster).watch()
        events = []
        threading.Thread(target=lambda: events.extend(watch), daemon=True).start()
        began = time.monotonic()
        count = 0
        while time.monotonic() - began < 1:
            count += 1
            time.sleep(0.001)
        print(count > 60)  # were it held while waiting, that would be 20: once each time the wait looks for Ctrl-C
        """,
        **where,
    )
    assert (code, out) == (0, "True\n"), err


def test_the_interpreter_ends_with_watches_open(where):
    code, out, err = run(
        """
        cluster = connected()
        cluster.install(Peach)
        watches = [Peach.query.using(cluster).watch() for _ in range(3)]
        for watch in watches:
            next(watch)
        threading.Thread(target=lambda: list(watches[0]), daemon=True).start()
        time.sleep(0.1)
        print('end')
        """,
        timeout=10,
        **where,
    )
    assert (code, out, err) == (0, "end\n", "")


def test_the_interpreter_ends_in_the_middle_of_asyncio(where):
    code, out, err = run(
        """
        import asyncio
        cluster = connected()
        async def main():
            await cluster.ainstall(Peach)
            async def follow():
                async for event in Peach.query.using(cluster).watch():
                    pass
            task = asyncio.create_task(follow())
            await asyncio.sleep(0.1)
        asyncio.run(main())
        print('end')
        """,
        timeout=10,
        **where,
    )
    assert (code, out, err) == (0, "end\n", "")


def test_a_child_connects_anew(kubeconfig):
    code, out, err = run(
        """
        @pykorm.k8s_core('Namespace')
        class Namespace(pykorm.ClusterModel):
            pass
        assert Namespace.query.get('default')
        watch = Namespace.query.filter(name='default').watch()
        next(watch)
        child = os.fork()
        if child == 0:
            signal.alarm(10)
            print('child', Namespace.query.get('default').name)
            try:
                next(watch)
            except pykorm.exceptions.ForkError:
                print("the watch is the parent's")
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        print('parent', Namespace.query.get('default').name, next(watch).type)
        """,
        KUBECONFIG=kubeconfig,
    )
    assert (code, out) == (0, "child default\nthe watch is the parent's\nparent default synced\n"), err


def test_a_child_does_not_hang_on_an_embedded_cluster():
    code, out, err = run(
        """
        cluster = pykorm.embedded()
        cluster.install(Peach)
        watch = Peach.query.using(cluster).watch()
        next(watch)
        child = os.fork()
        if child == 0:
            signal.alarm(10)
            for use in (lambda: Peach.query.using(cluster).all(), lambda: next(watch)):
                try:
                    use()
                except pykorm.exceptions.ForkError as error:
                    print(type(error).__name__, 'embedded()' in str(error) or 'fork' in str(error))
            with pykorm.embedded() as own:
                own.install(Peach)
                print(Peach.query.using(own).all())
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        print(Peach.query.using(cluster).all())
        """
    )
    assert (code, out) == (0, "ForkError True\nForkError True\n[]\n[]\n"), err


def test_multiprocessing_with_fork(kubeconfig):
    code, out, err = run(
        """
        import multiprocessing
        @pykorm.k8s_core('Namespace')
        class Namespace(pykorm.ClusterModel):
            pass
        def name_of(name):
            return Namespace.query.get(name).name
        name_of('default')
        with multiprocessing.get_context('fork').Pool(2) as pool:
            print(pool.map(name_of, ['default', 'kube-system'] * 4) == ['default', 'kube-system'] * 4)
        """,
        KUBECONFIG=kubeconfig,
        timeout=30,
    )
    assert (code, out) == (0, "True\n"), err


def test_threads_share_everything(here):
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(10):
                peach = Peach(namespace="default", name=f"p-{number}-{turn}", price=turn)
                peach.save()
                peach.price += 1
                peach.save()
                assert Peach.query.filter(namespace="default").get(peach.name).price == turn + 1
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Peach.query.count() == 80


def test_nobody_there():
    cluster = pykorm.clusters.from_configuration({"host": "http://127.0.0.1:1"})
    with pytest.raises(ConnectError, match="127.0.0.1:1"):
        Namespace.query.using(cluster).all()


def test_importing_is_light():
    code, out, _ = run(
        """
        heavy = {'asyncio', 'dataclasses', 'inspect', 'json', 'ssl', 'http.client', 'kubernetes', 'yaml'}
        print(sorted(heavy & set(sys.modules)))
        """
    )
    assert (code, out) == (0, "[]\n")

"""The measured Python programs of ``cargo xtask bench python``: ``bench.py CASE NAMESPACE [OBJECTS]``.

The server is that of ``KUBECONFIG``. A case imports what it needs, and no more, and gives a function that does the work:
connecting, and reading one attribute of each object. What it did is printed as one line of JSON, with the time and the
processor time of the work alone; the one who started the program measures the rest.
"""

import json
import os
import sys
import time

GROUP, VERSION, PLURAL = "bench.korm.dev", "v1", "peaches"


def path(namespace):
    return f"/apis/{GROUP}/{VERSION}/namespaces/{namespace}/{PLURAL}"


def connection():
    """A bare connection, and the headers that the server wants. The kubeconfig is read without a YAML library."""
    import base64
    import http.client
    import re
    import ssl

    with open(os.environ["KUBECONFIG"]) as file:
        text = file.read()

    def value(key):
        return re.search(rf"\b{key}: *\"?([^\s\"]+)", text).group(1)

    authority = base64.b64decode(value("certificate-authority-data")).decode()
    context = ssl.create_default_context(cadata=authority)
    # The reference server's own authority is older in style than Python's strictest check.
    context.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
    server = value("server").removeprefix("https://").rstrip("/")
    headers = {"Authorization": "Bearer " + value("token"), "Content-Type": "application/json-patch+json"}
    return http.client.HTTPSConnection(server, context=context), headers


def request(connected, method, url, body=None):
    http, headers = connected
    http.request(method, url, body=body, headers=headers)
    answer = http.getresponse()
    data = answer.read()
    if answer.status >= 300:
        raise SystemExit(f"{method} {url}: {answer.status} {data[:300]}")
    return data


def peach():
    """The model, as programs for pykorm 0.60 declare theirs."""
    import pykorm

    @pykorm.k8s_custom_object(GROUP, VERSION, PLURAL)
    class Peach(pykorm.NamespacedModel):
        variety: str = pykorm.fields.Spec("variety")
        price: int = pykorm.fields.Spec("price")

    return pykorm.Pykorm(), Peach


# Lists: what each gives is the prices, one by one.


def list_bytes(namespace, _):
    import http.client
    import ssl  # noqa: F401

    return lambda: [0] if request(connection(), "GET", path(namespace)) else []


def list_http(namespace, _):
    import http.client
    import ssl  # noqa: F401

    def work():
        return [item["spec"]["price"] for item in json.loads(request(connection(), "GET", path(namespace)))["items"]]

    return work


def list_lightkube(namespace, _):
    from lightkube import Client
    from lightkube.generic_resource import create_namespaced_resource

    kind = create_namespaced_resource(GROUP, VERSION, "Peach", PLURAL)
    return lambda: [item.spec["price"] for item in Client().list(kind, namespace=namespace)]


def list_kubernetes(namespace, _):
    import kubernetes

    def work():
        kubernetes.config.load_kube_config()
        api = kubernetes.client.CustomObjectsApi()
        found = api.list_namespaced_custom_object(GROUP, VERSION, namespace, PLURAL)
        return [item["spec"]["price"] for item in found["items"]]

    return work


def list_pykube(namespace, _):
    import pykube

    def work():
        api = pykube.HTTPClient(pykube.KubeConfig.from_file(os.environ["KUBECONFIG"]))
        kind = pykube.object_factory(api, f"{GROUP}/{VERSION}", "Peach")
        return [item.obj["spec"]["price"] for item in kind.objects(api).filter(namespace=namespace)]

    return work


def list_kr8s(namespace, _):
    import kr8s
    from kr8s.objects import new_class

    kind = new_class("Peach", version=f"{GROUP}/{VERSION}", plural=PLURAL, namespaced=True)
    return lambda: [item.spec.price for item in kr8s.get(kind, namespace=namespace)]


def list_pykorm(namespace, _):
    _, kind = peach()
    return lambda: [item.price for item in kind.query.filter_by(namespace=namespace).all()]


# Start-up.


def start_nothing(_, __):
    return list


def start_kubernetes(_, __):
    import kubernetes

    return lambda: [kubernetes is not None]


def start_pykorm(_, __):
    import pykorm

    return lambda: [pykorm is not None]


def one_lightkube(namespace, _):
    from lightkube import Client
    from lightkube.generic_resource import create_namespaced_resource

    kind = create_namespaced_resource(GROUP, VERSION, "Peach", PLURAL)
    fields = {"metadata.name": "peach-000000"}
    return lambda: [item.spec["price"] for item in Client().list(kind, namespace=namespace, fields=fields)]


def one_pykorm(namespace, _):
    _, kind = peach()
    return lambda: [item.price for item in kind.query.filter_by(namespace=namespace, name="peach-000000").all()]


# Saves of one changed field, one after the other. Reading the objects is not in the work.


def save_http(namespace, objects, query=""):
    connected = connection()
    items = json.loads(request(connected, "GET", f"{path(namespace)}?limit={objects}"))["items"]

    def work():
        for item in items:
            name, price = item["metadata"]["name"], item["spec"]["price"]
            patch = [
                {"op": "test", "path": "/metadata/uid", "value": item["metadata"]["uid"]},
                {"op": "test", "path": "/spec/price", "value": price},
                {"op": "replace", "path": "/spec/price", "value": price + 1 + time.time_ns() % 1_000_000},
            ]
            json.loads(request(connected, "PATCH", f"{path(namespace)}/{name}{query}", json.dumps(patch)))
        return [0] * len(items)

    return work


def save_asked(namespace, objects):
    """As pykorm asks the server: to know whose fields these are, and to refuse what the schema does not know."""
    return save_http(namespace, objects, "?fieldManager=raw&fieldValidation=Strict")


def save_pykorm(namespace, objects):
    pk, kind = peach()
    items = list(kind.query.filter_by(namespace=namespace).all())[:objects]

    def work():
        for item in items:
            item.price += 1 + time.time_ns() % 1_000_000
            pk.save(item)
        return [0] * len(items)

    return work


def main():
    case, namespace = sys.argv[1:3]
    objects = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    work = globals()[case](namespace, objects)
    begin, used = time.perf_counter(), time.process_time()
    result = work()
    seconds, used = time.perf_counter() - begin, time.process_time() - used
    done = {"objects": len(result), "sum": sum(result), "bytes": 0, "requests": 0, "seconds": seconds, "cpu": used}
    print(json.dumps(done), flush=True)


main()

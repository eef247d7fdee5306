"""The measured Python programs of ``cargo xtask bench python``: ``bench.py CASE NAMESPACE [OBJECTS]``.

The server is that of ``KUBECONFIG``. Each case imports only what it needs, reads one attribute of each object, and
prints what it did as one line of JSON; the one who started it measures.
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
    return [0] if request(connection(), "GET", path(namespace)) else []


def list_http(namespace, _):
    return [item["spec"]["price"] for item in json.loads(request(connection(), "GET", path(namespace)))["items"]]


def list_lightkube(namespace, _):
    from lightkube import Client
    from lightkube.generic_resource import create_namespaced_resource

    kind = create_namespaced_resource(GROUP, VERSION, "Peach", PLURAL)
    return [item.spec["price"] for item in Client().list(kind, namespace=namespace)]


def list_kubernetes(namespace, _):
    import kubernetes

    kubernetes.config.load_kube_config()
    api = kubernetes.client.CustomObjectsApi()
    return [i["spec"]["price"] for i in api.list_namespaced_custom_object(GROUP, VERSION, namespace, PLURAL)["items"]]


def list_pykube(namespace, _):
    import pykube

    api = pykube.HTTPClient(pykube.KubeConfig.from_file(os.environ["KUBECONFIG"]))
    kind = pykube.object_factory(api, f"{GROUP}/{VERSION}", "Peach")
    return [item.obj["spec"]["price"] for item in kind.objects(api).filter(namespace=namespace)]


def list_kr8s(namespace, _):
    import kr8s
    from kr8s.objects import new_class

    kind = new_class("Peach", version=f"{GROUP}/{VERSION}", plural=PLURAL, namespaced=True)
    return [item.spec.price for item in kr8s.get(kind, namespace=namespace)]


def list_pykorm(namespace, _):
    _, kind = peach()
    return [item.price for item in kind.query.filter_by(namespace=namespace).all()]


# Start-up.


def start_nothing(_, __):
    return []


def start_kubernetes(_, __):
    import kubernetes

    return [kubernetes is not None]


def start_pykorm(_, __):
    import pykorm

    return [pykorm is not None]


def one_lightkube(namespace, _):
    from lightkube import Client
    from lightkube.generic_resource import create_namespaced_resource

    kind = create_namespaced_resource(GROUP, VERSION, "Peach", PLURAL)
    fields = {"metadata.name": "peach-000000"}
    return [item.spec["price"] for item in Client().list(kind, namespace=namespace, fields=fields)]


def one_pykorm(namespace, _):
    _, kind = peach()
    return [item.price for item in kind.query.filter_by(namespace=namespace, name="peach-000000").all()]


# Saves of one changed field, one after the other. Reading the objects is not in the seconds.


def save_http(namespace, objects):
    connected = connection()
    items = json.loads(request(connected, "GET", f"{path(namespace)}?limit={objects}"))["items"]
    begin = time.perf_counter()
    for item in items:
        name, price = item["metadata"]["name"], item["spec"]["price"]
        patch = [
            {"op": "test", "path": "/metadata/uid", "value": item["metadata"]["uid"]},
            {"op": "test", "path": "/spec/price", "value": price},
            {"op": "replace", "path": "/spec/price", "value": price + 1 + time.time_ns() % 1_000_000},
        ]
        json.loads(request(connected, "PATCH", f"{path(namespace)}/{name}", json.dumps(patch)))
    return begin, items


def save_pykorm(namespace, objects):
    pk, kind = peach()
    items = list(kind.query.filter_by(namespace=namespace).all())[:objects]
    begin = time.perf_counter()
    for item in items:
        item.price += 1 + time.time_ns() % 1_000_000
        pk.save(item)
    return begin, items


def main():
    case, namespace = sys.argv[1:3]
    objects = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    begin = time.perf_counter()
    result = globals()[case](namespace, objects)
    if isinstance(result, tuple):
        begin, result = result
        total = 0
    else:
        total = sum(result)
    seconds = time.perf_counter() - begin
    done = {"objects": len(result), "sum": total, "bytes": 0, "requests": 0, "seconds": seconds}
    print(json.dumps(done), flush=True)


main()

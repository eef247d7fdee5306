#!/usr/bin/env python3
"""Records what a real kube-apiserver answers to the CRDs and objects in cases.json.

Usage: KORM_REFERENCE=https://127.0.0.1:PORT KORM_TOKEN=... ./record.py

Writes answers.json beside it: for every case the causes of the refusal, sorted, or the object as
the server would store it. The crate's tests compare their own answers with these.
"""

import json
import os
import pathlib
import ssl
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).parent
SERVER, TOKEN = os.environ["KORM_REFERENCE"], os.environ["KORM_TOKEN"]
TLS = ssl._create_unverified_context()
GROUP = "schema-answers.korm.test"
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def request(method, path, body=None, content_type="application/json"):
    data = None if body is None else json.dumps(body).encode()
    headers = {"authorization": f"Bearer {TOKEN}", "content-type": content_type}
    call = urllib.request.Request(SERVER + path, method=method, data=data, headers=headers)
    try:
        with urllib.request.urlopen(call, context=TLS) as answer:
            warnings = answer.headers.get_all("warning") or []
            return answer.status, json.loads(answer.read() or b"null"), warnings
    except urllib.error.HTTPError as error:
        text = error.read().decode()
        # Paths of a resource that is not served yet answer with plain text.
        body = json.loads(text) if text.startswith("{") else {"message": text}
        return error.code, body, error.headers.get_all("warning") or []


def crd(case, plural="figs", kind="Fig"):
    """The CRD of a case: a whole spec, or the schema of its only version."""
    spec = {
        "group": GROUP,
        "scope": "Namespaced",
        "names": {"plural": plural, "kind": kind},
    }
    if "schema" in case:
        version = {"name": "v1", "served": True, "storage": True,
                   "schema": {"openAPIV3Schema": case["schema"]}}
        version.update(case.get("version", {}))
        spec["versions"] = [version]
    spec.update(case.get("spec", {}))
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{GROUP}"},
        "spec": spec,
    }


def outcome(status, body, warnings, stored):
    if status >= 400:
        causes = (body.get("details") or {}).get("causes")
        if causes is None:
            return {"status": status, "message": body["message"]}
        return {"status": status, "causes": sorted(causes, key=lambda c: json.dumps(c, sort_keys=True))}
    answer = {"status": status}
    if stored:
        kept = {k: v for k, v in body.items() if k not in ("apiVersion", "kind", "metadata")}
        answer["object"] = kept
    if warnings:
        answer["warnings"] = [w.split('"', 1)[1].rsplit('"', 1)[0].replace('\\"', '"') for w in warnings]
    return answer


def main():
    cases = json.loads((HERE / "cases.json").read_text())
    answers = {"crds": [], "objects": []}
    for case in cases["crds"]:
        answers["crds"].append(outcome(*request("POST", CRDS + "?dryRun=All", crd(case)), False))
    for number, case in enumerate(cases["objects"]):
        plural, kind = f"figs{number}", f"Fig{number}"
        status, body, _ = request("POST", CRDS, crd(case, plural, kind))
        assert status == 201, (case, body)
        name = body["metadata"]["name"]
        objects = f"/apis/{GROUP}/v1/namespaces/default/{plural}"
        for _ in range(100):
            time.sleep(0.1)
            if request("GET", objects)[0] == 200:
                break
        time.sleep(0.5)
        recorded = []
        for content in case["objects"]:
            thing = {"apiVersion": f"{GROUP}/v1", "kind": kind, "metadata": {"name": "x"}, **content}
            recorded.append(outcome(*request("POST", objects + "?dryRun=All", thing), True))
        for step in case.get("updates", []):
            old = {"apiVersion": f"{GROUP}/v1", "kind": kind, "metadata": {"name": "y"}, **step["old"]}
            status, body, _ = request("POST", objects, old)
            assert status == 201, (step, body)
            version = body["metadata"]["resourceVersion"]
            if "schema" in step:
                patch = [{"op": "replace", "path": "/spec/versions/0/schema/openAPIV3Schema",
                          "value": step["schema"]}]
                assert request("PATCH", f"{CRDS}/{name}", patch, "application/json-patch+json")[0] == 200
                time.sleep(3)
            new = {"apiVersion": f"{GROUP}/v1", "kind": kind,
                   "metadata": {"name": "y", "resourceVersion": version}, **step["new"]}
            recorded.append(outcome(*request("PUT", objects + "/y?dryRun=All", new), True))
            request("DELETE", objects + "/y")
            if "schema" in step:
                patch[0]["value"] = case["schema"]
                assert request("PATCH", f"{CRDS}/{name}", patch, "application/json-patch+json")[0] == 200
                time.sleep(3)
        answers["objects"].append(recorded)
        request("DELETE", f"{CRDS}/{name}")
    (HERE / "answers.json").write_text(json.dumps(answers, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

"""OpenAPI documents as frameworks write them, and the exchanges of an application judged by its own document."""

import functools
import importlib.util
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from apis import CLIENTS, PYTHON
from support import LIMIT_SECONDS, assay, check, events

APPLICATION = CLIENTS / "fastapi_app.py"
# Documents of older releases differ (3.0, `nullable`-less optionals, `allOf` around references); made with
# `fastapi_app.py --document` by FastAPI 0.95 and pydantic 1.10.
OLDER = CLIENTS / "fastapi-0.95.json"
SCHEMATHESIS = "4.32.5"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "assay"


@functools.cache
def fastapi_document():
    assert PYTHON.exists(), f"{PYTHON} is missing: run scripts/setup"
    made = subprocess.run(
        [PYTHON, APPLICATION, "--document"], text=True, capture_output=True, timeout=LIMIT_SECONDS, check=False)
    assert made.returncode == 0, made.stderr[-4000:]
    return made.stdout


@check
def openapi_documents_of_fastapi_are_accepted_as_they_are(scratch):
    (scratch / "new.json").write_text(fastapi_document())
    (scratch / "old.json").write_text(OLDER.read_text())
    ended = assay("contract", "check", "new.json", "old.json", directory=scratch).expect(0)
    assert ended.output == "2 OpenAPI documents are in order\n", ended.output
    assay("contract", "check", ".", "--json", directory=scratch).expect(0, '"operations": 15')


@functools.cache
def schemathesis():
    """The sources of schemathesis, which are its tests' documents too; kept for the next run."""
    folder = CACHE / f"schemathesis-{SCHEMATHESIS}"
    if not folder.exists():
        with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
            subprocess.run(
                [PYTHON, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:",
                 f"schemathesis=={SCHEMATHESIS}"], cwd=scratch, timeout=600, check=True)
            archive, = Path(scratch).glob("*.tar.gz")
            with tarfile.open(archive) as packed:
                packed.extractall(scratch, filter="data")
            shutil.move(Path(scratch) / folder.name, folder)
    return folder


def schemathesis_documents():
    """What its test applications serve: name → document."""
    source = schemathesis() / "test/apps/fragments/schemas.py"
    spec = importlib.util.spec_from_file_location("schemathesis_fragments", source)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = {}
    for name, make in vars(module).items():
        if callable(make) and getattr(make, "__module__", "") == spec.name and not make.__code__.co_argcount:
            paths = make()
            # Those with references have what these lead to in other functions.
            if isinstance(paths, dict) and all(path.startswith("/") for path in paths) and "$ref" not in str(paths):
                found[name] = {
                    "openapi": "3.0.2", "info": {"title": "Test", "version": "0.1.0"}, "paths": paths}
    return found


@check
def openapi_documents_of_schemathesis_are_read(scratch):
    documents = schemathesis_documents()
    assert len(documents) > 20, sorted(documents)
    for name, document in documents.items():
        (scratch / f"{name}.json").write_text(json.dumps(document))
    for name in ("petstore_v3.yaml", "simple_openapi.yaml", "relative_files"):
        source = schemathesis() / "test/data" / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, scratch / name)
    ended = assay("contract", "check", ".", "--json", directory=scratch)
    # What is wrong is told on standard error too, which is the same pipe here.
    found = json.loads(ended.output[ended.output.rindex("\n{\n"):])
    # What is wrong in them on purpose, or carelessly.
    wrong = {(problem["file"], problem["code"]) for problem in found["problems"] if problem["severity"] == "error"}
    assert wrong == WRONG, f"{wrong}\n{ended.output}"
    ended.expect(1 if WRONG else 0)
    assert len(found["documents"]) == len(documents) + 3, ended.output
    # Swagger 2 is told as what it is.
    shutil.copy(schemathesis() / "test/data/petstore_v2.yaml", scratch / "v2.yaml")
    assay("contract", "check", "v2.yaml", directory=scratch).expect(
        1, "error[AS145]: expected an OpenAPI document of 3.0 or 3.1, found Swagger 2.0",
        "fix: convert the document to OpenAPI 3")


WRONG = {("invalid.json", "AS154")}  # `type: int`

PROJECT = """
assay: 1
project: shop
contracts: contracts/
stand:
  services:
    shop:
      run: PYTHON APPLICATION ${port} DRIFT
      ready: {http: /text, within: 60s}
levels:
  e2e: {scenarios: tests}
"""
MANIFEST = """
assay: 1
contracts:
  shop-api: {provider: shop, consumers: [till], openapi: shop/openapi.json}
"""
SCENARIO = """
assay: 1
scenario: orders are made and read
vars: {item: "${uuid()}"}
steps:
  - id: make
    http:
      post: "${shop.url}/orders"
      headers: {X-Trace: "${uuid()}"}
      json:
        lines: [{item: "${item}", quantity: 2, price: 1.5, options: {colour: red, size: 4, gift: true, none: null}}]
        pay: {kind: card, number: "12345678"}
        level: 2
        due: "2026-11-30"
        parent: {lines: [], pay: {kind: cash, coins: [0.5, "1.5"]}}
        tags: [a, b]
        extra: {any: [1]}
    expect: {status: 201}
    capture: {order: $.id}
  - http: {get: "${shop.url}/orders/${order}?fields=id&fields=note&deep=true"}
  - http:
      get: "${shop.url}/orders?limit=5&state=new&level=2&since=2026-11-20T10:00:00Z&ids=1&ids=2"
      headers: {Cookie: session=abc}
    expect: {status: 200}
  - http: {get: "${shop.url}/orders/999"}
    expect: {status: 404}
  - http: {get: "${shop.url}/orders/none"}
    expect: {status: 422}
  - http: {post: "${shop.url}/token", form: {username: ann, password: p, scopes: read}}
    expect: {status: 200}
  - http: {get: "${shop.url}/me", headers: {Authorization: Bearer t}}
    expect: {status: 200}
  - http: {get: "${shop.url}/text"}
    expect: {status: 200}
  - http: {get: "${shop.url}/page"}
    expect: {status: 200}
  - http: {get: "${shop.url}/stream"}
    expect: {status: 200}
  - http: {get: "${shop.url}/any"}
    expect: {status: 200}
  - http: {get: "${shop.url}/any", headers: {Accept: image/png}}
    expect: {status: 200}
  - http: {get: "${shop.url}/files/report.pdf"}
    expect: {status: 200, json: {$.extension: pdf}}
  - http:
      put: "${shop.url}/items/${item}/paid"
      json: {body: [1, 2], embed: {item: "${item}"}}
    expect: {status: 200}
  - http: {post: "${shop.url}/later?callback_url=http%3A%2F%2F127.0.0.1"}
    expect: {status: 202}
  - http:
      post: "${shop.url}/upload"
      headers: {Content-Type: multipart/form-data; boundary=b}
      text: "--b\\r\\nContent-Disposition: form-data; name=\\"file\\"; filename=\\"a\\"\\r\\n\\r\\n\\u0001\\r\\n--b\\r\\nContent-Disposition: form-data; name=\\"note\\"\\r\\n\\r\\nx\\r\\n--b\\r\\nContent-Disposition: form-data; name=\\"count\\"\\r\\n\\r\\n3\\r\\n--b--\\r\\n"
    expect: {status: 200, json: {$.count: 3}}
  - http: {delete: "${shop.url}/orders/${order}"}
    expect: {status: 204}
"""


def shop(scratch, drift=""):
    """The application as a service of a project that is held to its own document."""
    project = PROJECT.replace("PYTHON", str(PYTHON)).replace("APPLICATION", str(APPLICATION)).replace("DRIFT", drift)
    files = {
        "assay.yml": project, "contracts/contracts.yml": MANIFEST, "contracts/shop/openapi.json": fastapi_document(),
        "tests/orders.yml": SCENARIO}
    for name, text in files.items():
        (scratch / name).parent.mkdir(parents=True, exist_ok=True)
        (scratch / name).write_text(text.lstrip())
    return assay("test", "--out", "run", directory=scratch)


@check
def openapi_document_of_fastapi_holds_for_what_the_application_does(scratch):
    shop(scratch).expect(0)
    record = json.dumps(events(scratch / "run"))
    assert "shop-api" not in record or "departs" not in record, record[-4000:]


@check
def openapi_document_finds_the_drift_of_its_application(scratch):
    shop(scratch, "field").expect(
        1, "service 'shop' departs from contract 'shop-api', GET /orders/{number}", "a member 'id'")
    assert "response-body" in (scratch / "run/record.jsonl").read_text()
    shutil.rmtree(scratch / "run")
    shop(scratch, "status").expect(1, "response-status: service 'shop'", "503")
    assert "response-status" in (scratch / "run/record.jsonl").read_text()

"""Pacts beside the real implementation, in both directions: PyPI's `pact` (verifier and stub server) and `pact-python`."""

import json
import subprocess
import urllib.error
import urllib.request

from pact_peers import PYTHON, QUIET, double, free_port, needs_pact, pact_file, provider, real_stub, real_verifier
from support import LIMIT_SECONDS, assay, check


@check
def pacts_real_verifier_passes_against_a_pact_double(folder):
    needs_pact()
    file = pact_file(folder)
    with double(file, folder) as port:
        status, words = real_verifier(file, port)
        assert status == 0, words
    # A double of another pact is not what this one expects.
    def other(pact):
        pact["interactions"][0]["response"]["body"]["content"]["id"] = "seven"
        pact["interactions"][1]["response"]["status"] = 202
    (folder / "other").mkdir()
    with double(pact_file(folder / "other", other), folder) as port:
        status, words = real_verifier(file, port)
        assert status == 1 and "to be an integer" in words and "expected 201 but was 202" in words, words


@check
def pacts_are_verified_against_the_real_stub_server(folder):
    needs_pact()
    file = pact_file(folder)
    with real_stub(file) as port:
        url = f"http://127.0.0.1:{port}"
        assay("contract", "verify", str(file), "--provider", url, "-v", directory=folder).expect(
            0, "PASSED", "an order is read, given an order exists", "2 passed")

        def stricter(pact):
            pact["interactions"][0]["response"]["body"]["content"]["lines"][0]["count"] = "2"
        (folder / "stricter").mkdir()
        assay("contract", "verify", str(pact_file(folder / "stricter", stricter)), "--provider", url,
              directory=folder).expect(1, "FAILED", "body $.lines[0].count", "a text, like \"2\"", "1 failed")


@check
def pacts_are_verified_with_states_by_url(folder):
    file = pact_file(folder)
    with provider() as server:
        url = f"http://127.0.0.1:{server.server_port}"
        junit = folder / "junit.xml"
        ended = assay(
            "contract", "verify", str(file), "--provider", url, "--state-url", f"{url}/_state", "--state-teardown",
            "--provider-version", "2", "--consumer-version", "1", "--junit", str(junit), "--json", directory=folder)
        ended.expect(0)
        report = json.loads(ended.output)
        assert report["verdict"] == "passed" and report["pacts"][0]["passed"] == 2, ended.output
        assert [state["action"] for state in server.states] == ["setup", "teardown"], server.states
        assert server.states[0] == {"state": "an order exists", "params": {"id": 7}, "action": "setup"}, server.states
        assert server.asked == ["/orders/41?full=1"], f"the state's value is not in the path: {server.asked}"
        assert "shop" in junit.read_text()
        needs_pact()
        status, words = real_verifier(file, server.server_port, "-s", f"{url}/_state", "--state-change-teardown")
        assert status == 0, words
        assay("contract", "verify", str(file), "--provider", url, "--description", "made$", directory=folder).expect(
            0, "1 passed")
        assay("contract", "matrix", directory=folder).expect(0, "shop", "orders")


@check
def pacts_that_a_provider_breaks_fail_with_what_differs(folder):
    file = pact_file(folder)
    for defect, words in [("type", "body $.lines[0].count"), ("status", "status")]:
        with provider(defect) as server:
            url = f"http://127.0.0.1:{server.server_port}"
            assay("contract", "verify", str(file), "--provider", url, "--state-url", f"{url}/_state",
                  directory=folder).expect(1, "FAILED", words, "1 failed")
    # Pending interactions are told and do not count.
    def pending(pact):
        pact["interactions"][1]["pending"] = True
    with provider("status") as server:
        url = f"http://127.0.0.1:{server.server_port}"
        assay("contract", "verify", str(pact_file(folder, pending)), "--provider", url, "--state-url",
              f"{url}/_state", directory=folder).expect(0, "PASSED")


@check
def pacts_states_are_made_by_scenarios(folder):
    with provider() as server:
        url = f"http://127.0.0.1:{server.server_port}"
        (folder / "states").mkdir()
        (folder / "pacts").mkdir()
        pact_file(folder / "pacts")
        (folder / "assay.yml").write_text(f"""\
assay: 1
project: orders
stand:
  services:
    api: {{url: "{url}"}}
levels:
  contract:
    pacts:
      files: pacts/*.json
      provider: api
      states: {{an order exists: {{use: states/order.yml}}}}
""")
        (folder / "states/order.yml").write_text("""\
assay: 1
scenario: an order exists
params: {id: null}
steps:
  - http: {post: "${api.url}/_state", json: {state: made, action: setup, asked: "${id}"}}
    expect: {status: 200}
    capture: {id: $.id}
    defer:
      http: {post: "${api.url}/_state", json: {state: made, action: teardown}}
""")
        assay("test", "--level", "contract", directory=folder).expect(0, "PASSED", "2 passed")
        assert [state["action"] for state in server.states] == ["setup", "teardown"], server.states
        assert server.states[0]["asked"] == 7, server.states
        assert server.asked == ["/orders/41?full=1"], server.asked


@check
def pacts_written_by_a_run_are_taken_by_the_real_verifier(folder):
    (folder / "assay.yml").write_text("""\
assay: 1
project: shop
stand:
  doubles:
    orders:
      pacts: {consumer: shop, provider: orders, write: pacts/}
      routes:
        - on: {post: /orders, headers: {x-tenant: {matches: "^[a-z]+$"}}, json: {$.sku: {type: string}, $.count: {greater: 0}}}
          answer: {status: 201, json: {id: "${uuid()}", sku: "${request.json.sku}", state: open}}
        - on: {get: "/orders/{id}"}
          answer: {json: {id: "${request.params.id}", state: open}}
levels:
  integration: {scenarios: tests}
""")
    (folder / "tests").mkdir()
    (folder / "tests/order.yml").write_text("""\
assay: 1
scenario: order
cases: [{name: one, sku: a-1}, {name: two, sku: b-2}]
steps:
  - http: {post: "${orders.url}/orders", headers: {x-tenant: acme}, json: {sku: "${case.sku}", count: 2}}
    expect: {status: 201}
    capture: {id: $.id}
  - http: {get: "${orders.url}/orders/${id}"}
    expect: {status: 200}
""")
    assay("test", directory=folder).expect(0, "pacts/shop-orders.json", "2 interactions")
    file = folder / "pacts/shop-orders.json"
    first = file.read_text()
    pact = json.loads(first)
    assert [i["description"] for i in pact["interactions"]] == ["GET /orders/{id} answers 200", "POST /orders answers 201"]
    posted = pact["interactions"][1]
    assert posted["request"]["headers"]["x-tenant"] == ["acme"], posted
    rules = posted["request"]["matchingRules"]
    assert rules["body"]["$.sku"]["matchers"] == [{"match": "type"}], rules
    assert rules["body"]["$.count"]["matchers"] == [{"match": "number"}], rules
    assert rules["header"]["x-tenant"]["matchers"] == [{"match": "regex", "regex": "^[a-z]+$"}], rules
    answered = posted["response"]["matchingRules"]["body"]
    assert sorted(answered) == ["$.id", "$.sku"], answered
    # Another run has other identifiers and changes nothing.
    assay("test", directory=folder).expect(0)
    assert file.read_text() == first, "the pact changed although nothing new was asked"
    needs_pact()
    with double(file, folder) as port:
        status, words = real_verifier(file, port)
        assert status == 0, words
    # A double that answers otherwise is a conflict, and a run that fails writes nothing.
    text = (folder / "assay.yml").read_text()
    (folder / "assay.yml").write_text(text.replace("state: open}}\nlevels", "state: shut}}\nlevels"))
    assay("test", directory=folder).expect(1, "GET /orders/{id} answers 200' with another response")
    assert file.read_text() == first


MESSAGES = {
    "consumer": {"name": "audit"}, "provider": {"name": "orders"},
    "messages": [{
        "description": "an order was made", "providerStates": [{"name": "an order exists"}],
        "contents": {"event": "made", "id": 1}, "metadata": {"contentType": "application/json"},
        "matchingRules": {"body": {"$.id": {"matchers": [{"match": "integer"}]}}},
    }],
    "metadata": {"pactSpecification": {"version": "3.0.0"}},
}


@check
def pacts_of_messages_are_verified_by_both(folder):
    file = folder / "audit-orders.json"
    file.write_text(json.dumps(MESSAGES))
    with provider() as server:
        assay("contract", "verify", str(file), "--provider", f"http://127.0.0.1:{server.server_port}/_messages",
              directory=folder).expect(0, "1 passed")
        asked = {"description": "an order was made", "providerStates": [{"name": "an order exists"}]}
        assert server.asked == [asked], server.asked
        MESSAGES["messages"][0]["contents"]["event"] = "gone"
        file.write_text(json.dumps(MESSAGES))
        MESSAGES["messages"][0]["contents"]["event"] = "made"
        assay("contract", "verify", str(file), "--provider", f"http://127.0.0.1:{server.server_port}/_messages",
              directory=folder).expect(1, "body $.event")
    file.write_text(json.dumps(MESSAGES))
    needs_pact()
    with double(file, folder) as port:
        status, words = real_verifier(file, port)
        assert status == 0, words


WRITER = """
import sys
from pact import Pact, match
pact = Pact("shop", "orders").with_specification("V4")
(pact.upon_receiving("an order is read").given("an order exists", id=7)
    .with_request("GET", "/orders/7")
    .will_respond_with(200).with_body({"id": match.int(7), "sku": match.regex("a-1", regex="[a-z]-[0-9]+"),
                                       "tags": match.each_like("x", min=1)}, "application/json"))
import urllib.error
import urllib.request
with pact.serve() as server:
    urllib.request.urlopen(f"{server.url}/orders/7").read()
pact.write_file(sys.argv[1])
"""


@check
def pacts_of_pact_python_are_read_and_answered(folder):
    needs_pact()
    ended = subprocess.run(
        [PYTHON, "-c", WRITER, folder], env=QUIET, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        timeout=LIMIT_SECONDS)
    assert ended.returncode == 0, ended.stdout
    file = folder / "shop-orders.json"
    with double(file, folder) as port:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/orders/7") as answer:
            assert json.loads(answer.read())["sku"] == "a-1"
        status, words = real_verifier(file, port)
        assert status == 0, words
        assay("contract", "verify", str(file), "--provider", f"http://127.0.0.1:{port}", directory=folder).expect(
            0, "1 passed")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/orders")
            raise AssertionError("a request that no interaction expects was answered")
        except urllib.error.HTTPError as refusal:
            words = refusal.read().decode()
            assert refusal.code == 404 and "closest interaction 'an order is read, given an order exists'" in words, words


@check
def pacts_that_cannot_be_read_say_where(folder):
    (folder / "bad.json").write_text('{"consumer": {"name": "a"},\n "provider": {"name": "b"},\n "interactions": [7]}')
    assay("contract", "verify", "bad.json", "--provider", "http://127.0.0.1:1", directory=folder).expect(
        2, "error[AS473]: an interaction is an object, found the number 7", "bad.json:3:19")
    assay("contract", "verify", "none.json", "--provider", "http://127.0.0.1:1", directory=folder).expect(
        2, "error[AS480]: there is no pact 'none.json'")
    pact_file(folder)
    assay("contract", "verify", "shop-orders.json", directory=folder).expect(
        2, "error[AS484]: nothing says where the provider is")
    assay("contract", "verify", "shop-orders.json", "--provider", f"http://127.0.0.1:{free_port()}",
          directory=folder).expect(3, "error[AS446]", "does not answer")

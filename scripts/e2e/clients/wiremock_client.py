"""The admin API as WireMock's Python client sees it.

    wiremock_client.py URL

The double at URL has the mappings that wiremock.py writes. Prints a line a step.
"""

import sys

import requests
from wiremock.client import (
    HttpMethods, Mapping, MappingRequest, MappingResponse, Mappings, NearMisses, NearMissMatchPatternRequest,
    NearMissMatchRequest, Requests, Scenarios, WireMockMatchers)
from wiremock.constants import Config
from wiremock.exceptions import NotFoundException
from wiremock.resources.settings.models import GlobalSetting
from wiremock.resources.settings.resource import GlobalSettings

URL = sys.argv[1]
Config.base_url = URL + "/__admin"


def step(name):
    print("ok", name, flush=True)


def get(path, **more):
    return requests.get(URL + path, timeout=10, **more)


loaded = Mappings.retrieve_all_mappings()
assert loaded.meta.total == len(loaded.mappings) == 3, loaded.get_json_data()
assert {m.scenario_name for m in loaded.mappings} == {None, "order"}
step("mappings of the folder")

made = Mappings.create_mapping(Mapping(
    priority=1,
    request=MappingRequest(
        method=HttpMethods.POST, url_path="/charges",
        headers={"x-tenant": {WireMockMatchers.EQUAL_TO: "acme"}},
        body_patterns=[{WireMockMatchers.MATCHES_JSON_PATH: "$.amount"}]),
    response=MappingResponse(status=201, json_body={"id": "ch_1"}, headers={"Content-Type": "application/json"}),
    metadata={"team": "pay"}, persistent=False))
assert made.id and made.priority == 1 and made.request.url_path == "/charges", made.get_json_data()
answer = requests.post(URL + "/charges", json={"amount": 5}, headers={"x-tenant": "acme"}, timeout=10)
assert answer.status_code == 201 and answer.json() == {"id": "ch_1"}, answer.text
step("created mapping answers")

missed = requests.post(URL + "/charges", json={"amount": 5}, headers={"x-tenant": "b"}, timeout=10)
assert missed.status_code == 404
assert "differs in header x-tenant: expected equal to 'acme', got 'b'" in missed.text, missed.text
step("unmatched request tells the nearest")

made.response.status = 202
assert Mappings.update_mapping(made).response.status == 202
assert Mappings.retrieve_mapping(made).response.status == 202
answer = requests.post(URL + "/charges", json={"amount": 5}, headers={"x-tenant": "acme"}, timeout=10)
assert answer.status_code == 202, answer.text
step("updated mapping answers")

everything = Requests.get_all_received_requests()
assert everything.meta.total == 3 and not everything.request_journal_disabled
newest = everything.requests[0]
assert newest.request.method == "POST" and newest.request.url == "/charges"
assert newest.request.body == '{"amount": 5}' and newest.response_definition.status == 202
assert Requests.get_request(newest.id).request.absolute_url == URL + "/charges"
pattern = NearMissMatchPatternRequest(method="POST", url="/charges", headers={"x-tenant": {"equalTo": "acme"}})
assert Requests.get_matching_request_count(pattern).count == 2
assert [r.headers["x-tenant"] for r in Requests.get_matching_requests(pattern).requests] == ["acme", "acme"]
unmatched = Requests.get_unmatched_requests()
assert [r.headers["x-tenant"] for r in unmatched.requests] == ["b"]
step("journal")

near = Requests.get_unmatched_requests_near_misses()
assert len(near.near_misses) == 1 and 0 < near.near_misses[0].match_result.distance < 1
near = NearMisses.find_nearest_misses_by_request(NearMissMatchRequest(
    url="/chargez", method="POST", headers={"x-tenant": "acme"}, body='{"amount": 1}'))
assert near.near_misses[0].match_result.distance < 0.2, near.get_json_data()
near = NearMisses.find_nearest_misses_by_request_pattern(NearMissMatchPatternRequest(url="/charge", method="POST"))
assert near.near_misses[0].request.url == "/charges"
step("near misses")

assert get("/orders/1").json() == {"state": "new"}
assert requests.post(URL + "/orders/1/payment", timeout=10).status_code == 202
assert get("/orders/1").json() == {"state": "paid"}
Scenarios.reset_all_scenarios()
assert get("/orders/1").json() == {"state": "new"}
step("scenarios")

GlobalSettings.update_global_settings(GlobalSetting(fixed_delay=300))
assert get("/orders/1").elapsed.total_seconds() >= 0.3
GlobalSettings.update_global_settings(GlobalSetting(fixed_delay=0))
step("settings")

Mappings.delete_mapping_by_metadata({"matchesJsonPath": {"expression": "$.team", "equalTo": "pay"}})
try:
    Mappings.retrieve_mapping(made)
    raise AssertionError("the mapping is still there")
except NotFoundException:
    pass
Mappings.delete_all_mappings()
assert Mappings.retrieve_all_mappings().meta.total == 0
Mappings.reset_mappings()
assert Mappings.retrieve_all_mappings().meta.total == 3
Mappings.persist_mappings()
Requests.reset_request_journal()
assert Requests.get_all_received_requests().meta.total == 0
step("removal and reset")

bad = requests.post(URL + "/__admin/mappings", data='{"request": {"urlPaht": "/"}}', timeout=10)
assert bad.status_code == 422
error = bad.json()["errors"][0]
assert error["code"] == 10 and error["source"]["pointer"] == "/request/urlPaht", error
assert "did you mean 'urlPath'" in error["detail"], error
assert requests.post(URL + "/__admin/shutdown", timeout=10).status_code == 403
assert requests.get(URL + "/__admin/health", timeout=10).json()["status"] == "healthy"
step("errors")

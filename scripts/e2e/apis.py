"""The presets of foreign APIs, with the clients that those who call them use."""

import contextlib
import json
import os
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from support import check, started, wait_for

CLIENTS = Path(__file__).parent / "clients"
PYTHON = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "assay/test-venv/bin/python"
OPENAI = r"""
assay: 1
double: llm
preset: openai
key: sk-right
answers:
  - when: {matches: 'order (\d+)'}
    say: "Order ${match[1]} is on its way"
  - when: {matches: 'Weather in (\w+)', tool: get_weather}
    tool: {name: get_weather, arguments: {city: "${match[1]}", days: 3}}
"""


@contextlib.contextmanager
def double(*words, directory):
    """A double alone; gives its address and what else it says of itself."""
    with started("double", *words, directory=directory) as process:
        said = {}

        def read():
            line = process.stdout.readline().strip()
            assert line or process.poll() is None, f"assay double {words} ended with {process.poll()}"
            if line.startswith("http"):
                said["url"] = line
            elif ": " in line:
                name, _, value = line.partition(": ")
                said[name] = value
            return line.startswith("Ctrl-C")

        wait_for(read, "listening")
        yield said
        process.terminate()
        process.wait(10)


def client(script, *words):
    """Runs a client in the environment that has its packages."""
    assert PYTHON.exists(), f"{PYTHON} is missing: run scripts/setup"
    ended = subprocess.run(
        [PYTHON, CLIENTS / script, *words], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
        check=False)
    assert ended.returncode == 0, f"{script}:\n{ended.stdout[-4000:]}"


def ask(url, body, **headers):
    request = urllib.request.Request(url, body.encode(), {"Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@check
def openai_client_gets_on_with_the_preset_openai(scratch):
    (scratch / "llm.yml").write_text(OPENAI.lstrip())
    with double("llm.yml", directory=scratch) as said:
        client("openai_client.py", said["url"])


@check
def token_and_page_of_jobs_come_from_the_preset_upwork(scratch):
    with double("upwork", "--set", "jobs=12", "--set", "client-secret=shh", directory=scratch) as said:
        form = {"grant_type": "client_credentials", "client_id": said["client_id"], "client_secret": "shh"}
        status, tokens = ask(
            said["token"], urllib.parse.urlencode(form), **{"Content-Type": "application/x-www-form-urlencoded"})
        assert status == 200, tokens
        query = """query Jobs($first: Int) {
            marketplaceJobPostingsSearch(marketPlaceJobFilter: {pagination_eq: {first: $first, after: "0"}}) {
              totalCount edges { node { id title } } pageInfo { hasNextPage } } }"""
        body = json.dumps({"operationName": "Jobs", "query": query, "variables": {"first": 5}})
        headers = {"Authorization": "Bearer " + tokens["access_token"]}
        status, refused = ask(said["graphql"], body, **headers)
        assert status == 400 and "X-Upwork-API-TenantId" in refused["errors"][0]["message"], refused
        headers["X-Upwork-API-TenantId"] = said["tenant"]
        status, answer = ask(said["graphql"], body, **headers)
        jobs = answer["data"]["marketplaceJobPostingsSearch"]
        assert status == 200 and jobs["totalCount"] == 12 and len(jobs["edges"]) == 5, answer
        status, refused = ask(said["graphql"], body, **headers, **{"X-Assay-Switches": "expired-token"})
        assert status == 401, refused

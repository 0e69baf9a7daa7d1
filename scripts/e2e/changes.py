"""Breaking changes of contracts: two files, folders, git revisions, waivers, reports for others."""

import json
import os
import subprocess
import xml.etree.ElementTree as ElementTree

from support import assay, check

SHOP = """\
openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
  /jobs/{id}:
    put:
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: 'job.schema.yml#/$defs/Update'}}}
      responses:
        "200":
          description: Updated
          content: {application/json: {schema: {$ref: job.schema.yml}}}
"""
JOB = """\
$schema: https://json-schema.org/draft/2020-12/schema
type: object
required: [id, status, worker]
properties:
  id: {type: string}
  status: {type: string, enum: [running, done, failed]}
  worker: {type: string}
  attempts: {type: integer}
$defs:
  Update:
    type: object
    required: [status]
    properties:
      status: {enum: [running, done, failed]}
"""
WAIVERS = """\
- {rule: response-status-added, operation: 'PUT /jobs/*', reason: consumers know it, until: %s}
"""


def shop(folder, document=SHOP, job=JOB):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "shop.yml").write_text(document)
    (folder / "job.schema.yml").write_text(job)


def git(folder, *words):
    own = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "n", "GIT_AUTHOR_EMAIL": "n@example.org",
           "GIT_COMMITTER_NAME": "n", "GIT_COMMITTER_EMAIL": "n@example.org"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(["git", *words], cwd=folder, check=True, env={**kept, **own}, stdout=subprocess.DEVNULL)


def repository(folder):
    shop(folder / "contracts")
    git(folder, "init", "-q", "-b", "main", ".")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "one")


def diff(folder, *words):
    return assay("contract", "diff", *words, directory=folder)


def rules(folder, *words):
    """The rules that a comparison told, worst first, and its exit status."""
    ended = diff(folder, *words, "--json")
    return [finding["rule"] for finding in json.loads(ended.output)["findings"]], ended.status


@check
def drifts_of_a_service_are_caught_by_rule(scratch):
    repository(scratch)
    drifts = [
        (SHOP, JOB.replace("worker", "workerId"), ["response-required-property-removed", "response-property-added"], 1),
        (SHOP, JOB.replace("attempts: {type: integer}", "attempts: {type: string}"), ["response-type-changed"], 1),
        (SHOP, JOB.replace("{enum: [running, done, failed]}", "{enum: [running, done]}"),
         ["request-enum-value-removed"], 1),
        (SHOP + '        "409": {description: Locked}\n', JOB, ["response-status-added"], 0),
        (SHOP.replace("{id}", "{job}").replace("name: id", "name: job"), JOB, [], 0),
    ]
    for document, job, expected, status in drifts:
        shop(scratch / "contracts", document, job)
        assert rules(scratch, "--since", "main", "contracts/shop.yml") == (expected, status), expected
    shop(scratch / "contracts", SHOP, JOB.replace("{type: integer}", "{type: string}"))
    diff(scratch, "--since", "main", "contracts/shop.yml").expect(
        1, "PUT /jobs/{id}", "ERROR   response-type-changed   response 200 $.attempts",
        "the type was integer and is string: consumers meet values that they were not promised",
        "main:contracts/job.schema.yml:8:14 → contracts/job.schema.yml:8:14", "BREAKS  1 error")


@check
def all_contracts_of_a_project_since_a_revision(scratch):
    repository(scratch)
    diff(scratch, "--since", "HEAD").expect(0, "COMPATIBLE  no changes")
    (scratch / "contracts/shop.yml").unlink()
    (scratch / "contracts/item.schema.json").write_text('{"type": "object"}')
    assert rules(scratch, "--since", "HEAD") == (["document-added", "document-removed"], 0)
    # From a folder below, and from elsewhere.
    diff(scratch / "contracts", "--since", "main", ".").expect(0, "item.schema.json", "the file is new")
    diff("/", "--since", "main", str(scratch / "contracts")).expect(0, "the file was removed")
    diff(scratch, "--since", "nope").expect(2, "error[AS453]: git knows no revision 'nope'")


@check
def waivers_let_changes_through_until_their_day(scratch):
    repository(scratch)
    shop(scratch / "contracts", SHOP + '        "409": {description: Locked}\n')
    since = ("--since", "main", "contracts/shop.yml", "--fail-on", "warning")
    diff(scratch, *since).expect(1, "WARNING response-status-added")
    waivers = scratch / "contracts/waivers.yml"
    waivers.write_text(WAIVERS % "2999-12-31")
    diff(scratch, *since).expect(0, "waived until 2999-12-31: consumers know it", "COMPATIBLE  1 waived")
    waivers.write_text(WAIVERS % "2020-12-31")
    diff(scratch, *since).expect(1, "error[AS460]", "expired on 2020-12-31", "contracts/waivers.yml:1:3")
    waivers.write_text(WAIVERS.replace("status-added", "status-removed") % "2999-12-31")
    diff(scratch, *since).expect(1, "warning[AS461]", "is about nothing that changed")
    waivers.write_text("- {rule: response-status-added}\n")
    diff(scratch, *since).expect(2, "error[AS011]: a waiver needs 'reason'", "a waiver needs 'until'")
    diff(scratch, *since, "--waivers", "none.yml").expect(2, "error[AS452]")


@check
def versions_of_schemas_are_judged_by_mode(scratch):
    for version, types in ((1, "string"), (2, "[string, integer]"), (3, "[integer, boolean]")):
        folder = scratch / f"orders/v{version}"
        folder.mkdir(parents=True)
        (folder / "order.schema.yml").write_text(f"type: object\nproperties: {{a: {{type: {types}}}}}\n")
    v1, v2 = "orders/v1/order.schema.yml", "orders/v2/order.schema.yml"
    for mode, status in (("BACKWARD", 0), ("FORWARD", 1), ("FULL", 1), ("NONE", 0), ("request", 0), ("response", 1)):
        assert diff(scratch, v1, v2, "--mode", mode).status == status, mode
        assert diff(scratch, "orders/v1", "orders/v2", "--mode", mode.lower()).status == status, mode
    diff(scratch, "orders", "--mode", "BACKWARD").expect(1, "v2 → v3 order.schema.yml", "BREAKS  1 error")
    diff(scratch, "orders", "--mode", "BACKWARD_TRANSITIVE").expect(1, "v1 → v3", "BREAKS  2 errors")
    diff(scratch, v1, v2, "--mode", "BACKWARDS").expect(2, "error[AS166]", "did you mean BACKWARD?")


@check
def changes_as_a_changelog_and_as_junit(scratch):
    repository(scratch)
    shop(scratch / "contracts", SHOP, JOB.replace("worker", "workerId"))
    diff(scratch, "--since", "main", "contracts/shop.yml", "--markdown", "c.md", "--junit", "c.xml").expect(1)
    text = (scratch / "c.md").read_text()
    assert "# Changes of contracts/shop.yml since main" in text and "## Breaks" in text, text
    suite = ElementTree.parse(scratch / "c.xml").getroot()
    assert suite.get("failures") == "1" and len(suite.findall(".//failure")) == 1, suite.attrib
    assert suite.find(".//failure").get("type") == "response-required-property-removed"


@check
def what_is_no_contract_is_told(scratch):
    shop(scratch)
    (scratch / "values.yml").write_text("price: 5\n")
    (scratch / "broken.yml").write_text("openapi: 3.1.0\npaths: [\n")
    diff(scratch).expect(2, "error[AS462]")
    diff(scratch, "shop.yml", "job.schema.yml").expect(2, "error[AS451]")
    diff(scratch, "values.yml", "shop.yml").expect(2, "error[AS450]")
    diff(scratch, "broken.yml", "shop.yml").expect(2, "broken.yml:3:1")
    diff(scratch, "shop.yml", "none.yml").expect(2, "error[AS452]: there is no file or folder 'none.yml'")
    diff(scratch, "--since", "main", "shop.yml").expect(2, "error[AS454]")

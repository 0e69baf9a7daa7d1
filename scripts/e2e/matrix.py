"""Versions that were verified with each other, and whether one may go to an environment."""

import json

from contracts import project
from support import assay, check


def answer(scratch, *words, status):
    return assay("contract", "can-deploy", *words, directory=scratch).expect(status).output


@check
def test_runs_fill_the_matrix_and_can_deploy_answers(scratch):
    project(scratch)
    assay("test", "--version", "ui-1", "--consumer-version", "worker-1", directory=scratch).expect(0)
    assay("contract", "matrix", directory=scratch).expect(0, "✓ holds  worker worker-1  ui-api", "ui ui-1")
    # Nothing runs in production: a provider that nobody asks there may go.
    assert "yes  ui ui-1 to 'production'" in answer(scratch, "ui", "ui-1", "--to", "production", status=0)
    # A consumer needs its provider.
    assert "no version of it is noted" in answer(scratch, "worker", "worker-1", "--to", "production", status=1)
    assay("contract", "deployed", "ui", "ui-1", "--to", "production", directory=scratch).expect(
        0, "ui ui-1 runs in 'production'")
    answer(scratch, "worker", "worker-1", "--to", "production", status=0)
    assay("contract", "deployed", "worker", "worker-1", "--to", "production", directory=scratch).expect(0)
    # A version that departs may not go where the worker runs, and may go elsewhere.
    project(scratch, mode="renamed")
    assay("test", "--version", "ui-2", "--consumer-version", "worker-1", directory=scratch).expect(1)
    found = answer(scratch, "ui", "ui-2", "--to", "production", status=1)
    assert "contract 'ui-api' of worker worker-1 with ui ui-2 failed" in found, found
    answer(scratch, "ui", "ui-2", "--to", "staging", status=0)
    # Nobody verified the third.
    assert "nothing is known of ui ui-3" in answer(scratch, "ui", "ui-3", "--to", "staging", status=1)
    # The same contract, a worker of another version: what was verified counts.
    project(scratch)
    assay("test", "--version", "ui-9", "--consumer-version", "worker-2", directory=scratch).expect(0)
    found = json.loads(answer(scratch, "worker", "worker-2", "--to", "production", "--json", status=0))
    assert found["deployable"] is True and found["rows"][0]["verification"]["consumer-version"] == "worker-1", found
    # Changed content is another contract.
    schema = scratch / "contracts/tasks/v1/new.schema.json"
    schema.write_text(json.dumps({"type": "object", "required": ["item"], "title": "changed"}))
    assay("test", "--version", "ui-9", "--consumer-version", "worker-3", directory=scratch).expect(0)
    assert "was never verified" in answer(scratch, "worker", "worker-3", "--to", "production", status=1)


@check
def deployments_come_and_go(scratch):
    project(scratch)
    def noted(*words, status=0):
        return assay("contract", "deployed", *words, directory=scratch).expect(status).output
    noted("ui", "1", "--to", "production")
    assert "beside 1" in noted("ui", "2", "--to", "production", "--beside")
    assert "in place of 1, 2" in noted("ui", "3", "--to", "production")
    assert "AS492" in noted("ui", "1", "--to", "production", "--gone", status=2)
    assert "no longer runs" in noted("ui", "3", "--to", "production", "--gone")
    assay("contract", "deployed", "ui", "1", directory=scratch).expect(2, "AS166", "write --to ENV")
    assay("contract", "matrix", "uii", directory=scratch).expect(2, "AS490", "did you mean 'ui'?")
    assay("contract", "can-deploy", "ui", "1", "--to", "prodction", directory=scratch).expect(
        1, "AS491", "did you mean 'production'?")

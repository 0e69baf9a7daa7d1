"""The worked example on PostgreSQL and Redis, and on what stands in for them: the same scenarios, the same outcome."""

import xml.etree.ElementTree as ElementTree

from support import DEFECT, assay, check

LOST_UPDATE = "fifty reserve the last ten at once"
BENCHMARKS = ("get-inventory-1000", "balance-1000-operations", "concurrent-operations")


def without_servers(scratch):
    """An environment in which no server program is installed."""
    (scratch / "programs").mkdir(exist_ok=True)
    return {"ASSAY_PROGRAMS": str(scratch / "programs")}


def outcomes(junit):
    return {
        (case.get("classname"), case.get("name")): "failed" if case.find("failure") is not None else "passed"
        for case in ElementTree.parse(junit).iter("testcase")}


@check
def example_passes_on_servers_and_without_them(scratch):
    servers, files = scratch / "servers.xml", scratch / "files.xml"
    assay("test", "--junit", str(servers)).expect(0, "PostgreSQL", "Redis")
    assay("test", "--junit", str(files), environment=without_servers(scratch)).expect(0, "db SQLite")
    assert outcomes(servers) == outcomes(files), f"{outcomes(servers)}\n{outcomes(files)}"


@check
def planted_lost_update_is_found_on_postgresql_too(scratch):
    junit = scratch / "junit.xml"
    assay("test", "--junit", str(junit), environment=DEFECT).expect(1, "PostgreSQL")
    failed = [name for (_, name), outcome in outcomes(junit).items() if outcome == "failed"]
    assert failed == [LOST_UPDATE], f"failed: {failed}"


@check
def benchmarks_hold_on_servers_and_without_them(scratch):
    for name in BENCHMARKS:
        for environment in ({}, without_servers(scratch)):
            assay(
                "load", f"load/{name}.yml", "--for", "1s", "--out", str(scratch / name),
                environment=environment).expect(0, "PASSED")

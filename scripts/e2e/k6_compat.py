"""k6 scripts run the same: each script of Tests/K6Scripts by the real k6 and by Assay, compared field by field."""

import concurrent.futures
import os

import k6_coverage
import k6_differences
import k6_scripts
from k6_comparison import Finding, compare
from support import Absent, check

WORKERS = max(1, (os.cpu_count() or 2) // 2)


def both(script, scratch):
    """All that differs; a script of Assay alone is held to what it says of itself."""
    assay = k6_scripts.run(script, "assay", scratch)
    if script.only:
        return [Finding(script.name, "exit", script.exit, assay.exit)] if assay.exit != script.exit else []
    return compare(script, k6_scripts.run(script, "k6", scratch), assay)


@check
def k6_scripts_run_the_same_in_k6(scratch):
    if not k6_scripts.K6.exists():
        raise Absent("the real k6 is not installed: scripts/setup --with bench")
    scripts = k6_scripts.scripts()
    wanted = os.environ.get("K6_SCRIPTS", "").split()
    chosen = [script for script in scripts if not wanted or script.name in wanted]
    findings = []
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for found in pool.map(lambda script: both(script, scratch), chosen):
            findings += found
    unexplained, unused = k6_differences.sort_out(findings)
    compared = sum(not script.only for script in chosen)
    print(f"k6 scripts: {compared} compared, {len(chosen) - compared} of Assay alone, {len(findings)} findings, "
          f"{len(unexplained)} of them unexplained")
    assert not unexplained, "\n".join(map(str, unexplained))
    assert wanted or not unused, f"differences that no script shows: {[(each.script, each.field) for each in unused]}"


@check
def k6_scripts_touch_the_whole_api(scratch):
    scripts = k6_scripts.scripts()
    lacking, empty = k6_coverage.missing(scripts)
    assert not lacking and not empty, f"no script for {lacking}; said and not touched: {empty}"
    assert sum(not script.only for script in scripts) >= 25
    assert k6_coverage.missing(scripts[:3])[0], "three scripts cannot cover it all"

"""Compares two runs of one script, field by field. Pure: it starts nothing and reads no file.

A field has a name such as `data.metrics.http_reqs.values.count`; what differs is a `Finding`. Counts, rates and values that
the script decides must be equal; what the clock decides must be there and be plausible.
"""

import collections
import re
from dataclasses import dataclass

ABSENT = "absent"
# Metrics of time whose kind the summary export does not say.
TIMES = re.compile(r"(http_req_(blocked|connecting|duration|receiving|sending|tls_handshaking|waiting)|iteration_duration|group_duration"
                   r"|ws_(connecting|ping|session_duration))(\{.*\})?$")
# Bytes on the wire differ by what each program calls itself and by the headers that it adds.
BYTES, BYTES_SLACK = ("data_sent", "data_received"), 0.5
# Sampled once a second from the beginning: a short run may see none or one.
SAMPLED, SAMPLED_SECONDS = ("vus", "vus_max"), 2.5
# A histogram of constant size answers quantiles so exactly.
QUANTILE_SLACK = 0.008
# Where the clock decides, small counts may be off by so many.
FEW = 3


@dataclass(frozen=True)
class Finding:
    script: str
    field: str
    k6: object
    assay: object

    def __str__(self):
        return f"{self.script}: {self.field}\n      k6     {short(self.k6)}\n      assay  {short(self.assay)}"


def short(value, limit=400):
    text = str(value)
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"


def compare(script, k6, assay):
    """All that differs; empty when the runs are the same."""
    found = []

    def differ(name, left, right):
        found.append(Finding(script.name, name, left, right))
    if k6.exit != script.exit:
        differ("golden exit", k6.exit, script.exit)
    if k6.exit != assay.exit:
        differ("exit", k6.exit, assay.exit)
    for name in ("requests", "console", "exceptions", "printed"):
        lists(name, getattr(k6, name), getattr(assay, name), script, differ)
    for name in sorted({*k6.files, *assay.files}):
        if name not in k6.files or name not in assay.files:
            differ(f"files.{name}", *("written" if name in run.files else ABSENT for run in (k6, assay)))
        elif not name.endswith(".json") and k6.files[name] != assay.files[name]:
            differ(f"files.{name}", k6.files[name], assay.files[name])
    data = (k6.document("data.json"), assay.document("data.json"))
    if all(data):
        members("data", *data, differ, skipped=("metrics", "root_group", "state"))
        state(data[0].get("state"), data[1].get("state"), differ)
        values("data.root_group", data[0].get("root_group"), data[1].get("root_group"), script.near, differ)
        metrics("data", *(flat(each) for each in data), script, max(k6.seconds, assay.seconds), differ)
    export = (k6.document("export.json"), assay.document("export.json"))
    if all(export):
        members("export", *export, differ, skipped=("metrics", "root_group"))
        values("export.root_group", export[0].get("root_group"), export[1].get("root_group"), script.near, differ)
        kinds = {name: metric["contains"] for name, metric in (data[0] or {}).get("metrics", {}).items()}
        metrics("export", *(flat(each, kinds) for each in export), script, max(k6.seconds, assay.seconds), differ)
    return found


def lists(name, left, right, script, differ):
    if script.near:
        counts = [collections.Counter(each) for each in (left, right)]
        for line in {**counts[0], **counts[1]}:
            if not close(counts[0][line], counts[1][line], script.near):
                differ(f"{name}[{short(line, 120)}]", f"{counts[0][line]} times", f"{counts[1][line]} times")
        return
    if script.order == "once" and name == "console":
        left, right = sorted(set(left)), sorted(set(right))
    if script.order == "any" or name == "requests" and script.order == "lines":
        left, right = sorted(left), sorted(right)
    for at in range(max(len(left), len(right))):
        pair = [each[at] if at < len(each) else ABSENT for each in (left, right)]
        if pair[0] != pair[1]:
            differ(f"{name}[{at}]", *pair)
            if len(left) != len(right):  # what follows is shifted
                differ(f"{name}.length", len(left), len(right))
                return


def members(name, left, right, differ, skipped):
    for key in sorted({*left, *right}):
        if key not in left or key not in right:
            differ(f"{name}.{key}", *("present" if key in each else ABSENT for each in (left, right)))
        elif key not in skipped and left[key] != right[key]:
            values(f"{name}.{key}", left[key], right[key], 0, differ)


def state(left, right, differ):
    for key in sorted({*left, *right}):
        if type(left.get(key)) is not type(right.get(key)) and not all(isinstance(each.get(key), (int, float)) for each in (left, right)):
            differ(f"data.state.{key}", left.get(key, ABSENT), right.get(key, ABSENT))


def values(name, left, right, near, differ):
    """Any two JSON values; whole numbers may be `near`."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted({*left, *right}):
            values(f"{name}.{key}", left.get(key, ABSENT), right.get(key, ABSENT), near, differ)
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for at, pair in enumerate(zip(left, right)):
            values(f"{name}[{at}]", *pair, near, differ)
    elif is_number(left) and is_number(right):
        if not close(left, right, near):
            differ(name, left, right)
    elif left != right or type(left) is not type(right):
        differ(name, left, right)


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def close(left, right, near):
    if not near:
        return left == right or abs(left - right) <= 1e-9 * max(abs(left), abs(right))
    return abs(left - right) <= max(FEW, near * max(abs(left), abs(right)))


def flat(document, kinds=None):
    """Metrics of handleSummary's data and of the export in one form: name → (type, contains, values, thresholds)."""
    form = {}
    for name, metric in document.get("metrics", {}).items():
        if kinds is None:
            thresholds = {text: result.get("ok") for text, result in (metric.get("thresholds") or {}).items()}
            form[name] = (metric.get("type"), metric.get("contains"), metric.get("values", {}), thresholds)
        else:
            own = {key: value for key, value in metric.items() if key != "thresholds"}
            contains = kinds.get(name, "time" if TIMES.match(name) else "default")
            form[name] = (None, contains, own, metric.get("thresholds") or {})
    return form


def metrics(name, left, right, script, seconds, differ):
    for metric in sorted({*left, *right}):
        bare = metric.partition("{")[0]
        if bare in SAMPLED and seconds < SAMPLED_SECONDS and (metric not in left or metric not in right):
            continue
        at = f"{name}.metrics.{metric}"
        if metric not in left or metric not in right:
            differ(at, *("present" if metric in each else ABSENT for each in (left, right)))
            continue
        (kind, contains, ours, thresholds), (other_kind, other_contains, theirs, other_thresholds) = left[metric], right[metric]
        if (kind, contains) != (other_kind, other_contains):
            differ(f"{at}.type", (kind, contains), (other_kind, other_contains))
        values(f"{at}.thresholds", thresholds, other_thresholds, 0, differ)
        if sorted(ours) != sorted(theirs):
            differ(f"{at}.values", sorted(ours), sorted(theirs))
            continue
        if contains == "time":
            for run, own in (("k6", ours), ("assay", theirs)):
                if problem := implausible(own):
                    differ(f"{at}.values", *((problem, "") if run == "k6" else ("", problem)))
        for key in sorted(ours):
            value(f"{at}.values.{key}", bare, contains, key, ours, theirs, script.near, differ)


def implausible(trend):
    """What is wrong with the values of a trend of times; None when nothing is."""
    if any(not is_number(value) or value < 0 or value > 600_000 for value in trend.values()):
        return f"not a time: {trend}"
    order = [trend[key] for key in ("min", "med", "p(90)", "p(95)", "max") if key in trend]
    # A quantile of a histogram may lie a little beside the greatest value itself.
    if any(low > high * (1 + QUANTILE_SLACK) + 1e-6 for low, high in zip(order, order[1:])):
        return f"not in order: {trend}"
    if {"avg", "min", "max"} <= set(trend) and not trend["min"] <= trend["avg"] * (1 + 1e-9) + 1e-9 <= trend["max"] * (1 + 1e-6) + 2e-9:
        return f"the average is outside: {trend}"
    return None


def value(name, metric, contains, key, ours, theirs, near, differ):
    left, right = ours[key], theirs[key]
    if not is_number(left) or not is_number(right):
        same = left == right
    elif metric in BYTES or key == "rate" and "count" in ours:  # so many a second
        same = (left > 0) == (right > 0) and (key == "rate" or close(left, right, max(BYTES_SLACK, near)))
    elif metric in SAMPLED:
        same = metric != "vus_max" or key != "max" or left == right
    elif contains == "time" and key != "count":
        same = metric != "http_req_tls_handshaking" or left == right
    elif key in ("rate", "value") and "passes" in ours:  # a share
        same = abs(left - right) <= max(near, 1e-9)
    elif near or not (key.startswith("p(") or key == "med"):
        same = close(left, right, near)
    else:
        same = abs(left - right) <= QUANTILE_SLACK * max(abs(left), abs(right))
    if not same:
        differ(name, left, right)

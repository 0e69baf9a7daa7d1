"""Validations of JSON Schema next to Python's validators: CPU of one judgement of a document of 2 KB."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from .process import Failed
from .rounds import drawn, spread

HERE = Path(__file__).resolve().parent
PEERS = ["jsonschema-rs", "fastjsonschema"]
# What is judged, and from what.
CASES = [("valid", "bytes"), ("valid", "parsed"), ("failing", "bytes"), ("failing", "parsed")]
# A process judges for about this long.
JUDGEMENTS = 20_000


def ratio_name(case, form, peer):
    return f"validation of a {case} document, {form} / {peer}"


def schema():
    """What an order looks like: references, closed objects, enums, bounds, patterns and a choice."""
    money = {"type": "object", "required": ["amount", "currency"], "additionalProperties": False, "properties": {
        "amount": {"type": "number", "minimum": 0}, "currency": {"enum": ["EUR", "USD", "GBP", "JPY", "CHF"]}}}
    line = {"type": "object", "required": ["sku", "quantity", "price"], "additionalProperties": False, "properties": {
        "sku": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"},
        "title": {"type": "string", "minLength": 1, "maxLength": 120},
        "quantity": {"type": "integer", "minimum": 1, "maximum": 1000}, "price": {"$ref": "#/$defs/money"},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 10, "uniqueItems": True}}}
    address = {"type": "object", "required": ["street", "city", "country"], "properties": {
        "street": {"type": "string", "maxLength": 200}, "city": {"type": "string"}, "zip": {"type": "string"},
        "country": {"type": "string", "minLength": 2, "maxLength": 2}}}
    card = {"required": ["kind", "last4"], "properties": {
        "kind": {"const": "card"}, "last4": {"type": "string", "pattern": "^[0-9]{4}$"}}}
    transfer = {"required": ["kind", "iban"], "properties": {
        "kind": {"const": "transfer"}, "iban": {"type": "string", "minLength": 15}}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": {"money": money, "line": line, "address": address},
        "type": "object", "required": ["id", "status", "customer", "lines", "payment", "total"],
        "additionalProperties": False,
        "properties": {
            "id": {"type": "string", "minLength": 36, "maxLength": 36}, "version": {"type": "integer", "minimum": 0},
            "status": {"enum": ["new", "paid", "packed", "sent", "delivered", "cancelled"]},
            "created": {"type": "string"}, "note": {"type": ["string", "null"]},
            "customer": {"type": "object", "required": ["id", "email"], "properties": {
                "id": {"type": "integer"}, "email": {"type": "string"}, "vip": {"type": "boolean"},
                "billing": {"$ref": "#/$defs/address"}, "shipping": {"$ref": "#/$defs/address"}}},
            "lines": {"type": "array", "minItems": 1, "maxItems": 200, "items": {"$ref": "#/$defs/line"}},
            "payment": {"type": "object", "oneOf": [card, transfer]},
            "total": {"$ref": "#/$defs/money"},
            "labels": {"type": "object", "patternProperties": {"^x-": {"type": "string"}},
                       "additionalProperties": {"type": "number"}}}}


def document(valid):
    address = {"street": "12 Long Road", "city": "Springfield", "zip": "12345", "country": "US"}
    lines = [{"sku": f"ABC-{1000 + number}", "title": f"A thing of the kind number {number}", "quantity": number + 1,
              "price": {"amount": 12.5 + number, "currency": "EUR"}, "tags": ["new", "fragile", f"lot-{number}"]}
             for number in range(11)]
    if not valid:
        # The last of them, so that a judge has to look at nearly everything.
        lines[-1]["quantity"] = 0
    return {
        "id": "7d444840-9dc0-11d1-b245-5ffdce74fad2", "version": 3, "status": "paid",
        "created": "2024-05-01T12:00:00Z", "note": None,
        "customer": {"id": 4711, "email": "someone@example.org", "vip": True, "billing": address, "shipping": address},
        "lines": lines, "payment": {"kind": "card", "last4": "4242"}, "total": {"amount": 199.99, "currency": "EUR"},
        "labels": {"x-region": "eu", "x-source": "web", "weight": 1.25}}


def python():
    """The Python that has the peers: the one of `scripts/setup --with bench`, else this one."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    installed = cache / "assay/bench-venv/bin/python"
    return os.environ.get("BENCH_PYTHON") or (str(installed) if installed.exists() else sys.executable)


def judged(command, expected):
    """CPU microseconds of one judgement."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"{Path(command[0]).name} {command[1]}: {(done.stdout + done.stderr)[-300:]}")
    answer = json.loads(done.stdout)
    if answer["holds"] != expected:
        raise Failed(f"{' '.join(command[:3])} says that the document {'holds' if answer['holds'] else 'fails'}")
    return answer["nanoseconds"] / 1000


def measure(bench, results):
    program = Path(bench.assay).parent / "schema-bench"
    if not program.exists():
        raise Failed(f"there is no {program}: swift build -c release --product schema-bench")
    order = drawn(bench)
    with tempfile.TemporaryDirectory(prefix="assay-bench-contracts-") as folder:
        files = {"schema": schema(), "valid": document(True), "failing": document(False)}
        for name, value in files.items():
            Path(folder, name).write_text(json.dumps(value, separators=(",", ":")))
        size = Path(folder, "valid").stat().st_size
        print(f"contracts: CPU µs of one validation of {size} bytes, {bench.rounds} rounds")
        print(f"  {'':<28}{'assay':>9}" + "".join(f"{peer:>16}{'ratio':>8}{'min–max':>14}" for peer in PEERS))
        for case, form in CASES:
            common = [str(Path(folder, "schema")), str(Path(folder, case)), form, str(JUDGEMENTS)]
            commands = {"assay": [str(program), *common]}
            for peer in PEERS:
                commands[peer] = [python(), str(HERE.parent / "peers/validators.py"), peer, *common]
            costs = {name: [] for name in commands}
            for number in range(bench.rounds + 1):
                names = list(commands)
                order.shuffle(names)
                for name in names:
                    cost = judged(commands[name], case == "valid")
                    # The first round does not count.
                    if number:
                        costs[name].append(cost)
            row = f"  {case + ', ' + form:<28}{median(costs['assay']):>9.2f}"
            for peer in PEERS:
                ratio = spread([own / other for own, other in zip(costs["assay"], costs[peer])])
                results.ratios[ratio_name(case, form, peer)] = ratio
                row += f"{median(costs[peer]):>16.2f}{ratio['median']:>8.3f}{ratio['min']:>8.3f}–{ratio['max']:.3f}"
            print(row, flush=True)

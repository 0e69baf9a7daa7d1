"""One document judged many times by a validator of Python: CPU nanoseconds of one judgement, as a line of JSON.

    validators.py jsonschema-rs|fastjsonschema SCHEMA DOCUMENT bytes|parsed COUNT
"""

import json
import sys
import time
from pathlib import Path


def judge_of(name, schema):
    if name == "jsonschema-rs":
        import jsonschema_rs
        return jsonschema_rs.Draft202012Validator(schema).is_valid
    import fastjsonschema
    compiled = fastjsonschema.compile(schema)

    def judge(value):
        try:
            compiled(value)
        except fastjsonschema.JsonSchemaException:
            return False
        return True

    return judge


def main():
    name, schema, document, form, count = sys.argv[1:]
    judge = judge_of(name, json.loads(Path(schema).read_bytes()))
    text = Path(document).read_bytes()
    value = json.loads(text)
    times = range(int(count))
    start = time.process_time_ns()
    if form == "bytes":
        loads = json.loads
        for _ in times:
            holds = judge(loads(text))
    else:
        for _ in times:
            holds = judge(value)
    spent = (time.process_time_ns() - start) / int(count)
    print(json.dumps({"nanoseconds": spent, "holds": holds}))


if __name__ == "__main__":
    main()

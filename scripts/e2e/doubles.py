"""Doubles as scenarios use them: routes, what they were asked, faults, time travel, and one suite for every store."""

import os
import re
import signal
import subprocess
from pathlib import Path

from support import LIMIT_SECONDS, Skipped, assay, check, started

PYTHON = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "assay/test-venv/bin/python3"
CLIENT = Path(__file__).resolve().parent / "clients/redis_client.py"

PROJECT = """\
assay: 1
project: shop
stand:
  dependencies:
    cache: {redis: {}}
  doubles:
    pay: {http: doubles/payments.yml}
    memory: {redis: {}}
    auth: {preset: jwt, ttl: 60s}
    history: {sink: {status: 202}}
    slow-cache: {proxy: {to: "${cache.host}:${cache.port}", faults: [{latency: 20ms}]}}
levels:
  integration: {scenarios: tests}
"""
PAYMENTS = """\
assay: 1
double: payments
routes:
  - on: {post: /charges, json: {$.amount: {greater: 0}}}
    answer: {status: 201, json: {id: "${uuid()}", amount: "${request.json.amount}"}}
  - on: {post: /charges}
    answer: {status: 422, json: {error: amount must be positive}}
"""
CHARGE = """\
assay: 1
scenario: charge
steps:
  - http: {post: "${pay.url}/charges", json: {amount: 5}}
    expect: {status: 201, json: {$.amount: 5}}
  - http: {post: "${pay.url}/charges", json: {amount: 0}}
    expect: {status: 422}
  - double: {of: pay, asked: {post: /charges, times: 2}}
  - double: {of: pay, asked: {post: /charges, json: {$.amount: {greater: 0}}, times: 1}}
    expect: {json: {$.amount: 5}}
    capture: {amount: $.amount}
  - double: {of: pay, asked: {delete: /charges, times: 0}}
  - double: {of: pay, faults: [{every: 1, status: 503}]}
  - http: {post: "${pay.url}/charges", json: {amount: "${amount}"}}
    expect: {status: 503}
  - double: {of: pay, reset: true}
  - http: {post: "${pay.url}/charges", json: {amount: 5}}
    expect: {status: 201}
  - http: {post: "${history.url}/events", json: {kind: charged}}
    expect: {status: 202}
  - double: {of: history, asked: {post: /events, json: {$.kind: charged}}}
"""
LAPSE = """\
assay: 1
scenario: a token lapses
steps:
  - http: {post: "${auth.url}/auth/login", json: {username: ann}}
    expect: {status: 200}
    capture: {token: $.token}
  - http: {get: "${auth.url}/auth/verify", bearer: "${token}"}
    expect: {status: 200}
  - double: {of: auth, travel: 61s}
  - http: {get: "${auth.url}/auth/verify", bearer: "${token}"}
    expect: {status: 401}
"""
# One suite for every store: the same steps on the double, on a real server, and on that server through a proxy.
STORE = """\
assay: 1
scenario: task queue store
cases:
  - {name: double, store: memory}
  - {name: server, store: cache}
vars: {key: "${uuid()}"}
steps:
  - redis: {on: "${case.store}", do: [[LPUSH, "q:${key}", a], [LPUSH, "q:${key}", b], [LLEN, "q:${key}"]]}
    expect: {value: [1, 2, 2]}
  - redis: {on: "${case.store}", do: [BRPOP, "q:${key}", 1]}
    expect: {value: ["q:${key}", a]}
  - redis: {on: "${case.store}", do: [[ZADD, "z:${key}", 1, low, 5, high], [ZRANGEBYSCORE, "z:${key}", 2, 9]]}
    expect: {value: [2, [high]]}
  - redis: {on: "${case.store}", do: [[HSET, "h:${key}", state, idle], [HGET, "h:${key}", state]]}
    expect: {value: [1, idle]}
  - redis: {on: "${case.store}", do: [SET, "lock:${key}", me, NX, PX, 30000]}
    expect: {value: OK}
  - redis: {on: "${case.store}", do: [SET, "lock:${key}", you, NX, PX, 30000]}
    expect: {value: null}
  - redis: {on: "${case.store}", do: [EVAL, "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0", 1, "lock:${key}", me]}
    expect: {value: 1}
  - redis: {on: "${case.store}", do: [BOGUS, x]}
    expect: {error: {contains: "unknown command 'BOGUS', with args beginning with: 'x'"}}
  - redis: {on: "${case.store}", do: [DEL, "q:${key}", "z:${key}", "h:${key}"]}
    expect: {value: 3}
"""


def project(folder, **scenarios):
    (folder / "doubles").mkdir()
    (folder / "tests").mkdir()
    (folder / "assay.yml").write_text(PROJECT)
    (folder / "doubles/payments.yml").write_text(PAYMENTS)
    for name, text in scenarios.items():
        (folder / f"tests/{name}.yml").write_text(text)


@check
def scenarios_ask_doubles_and_change_them(scratch):
    project(scratch, charge=CHARGE, lapse=LAPSE)
    assay("test", "-j", "1", directory=scratch).expect(0, "2 passed")


@check
def one_suite_holds_for_every_store(scratch):
    project(scratch, store=STORE)
    assay("test", directory=scratch).expect(0, "2 passed")


@check
def what_a_double_was_not_asked_fails_with_the_closest_request(scratch):
    wrong = CHARGE.replace("{post: /charges, times: 2}", "{post: /charges, json: {$.amount: 7}, within: 100ms}")
    project(scratch, charge=wrong)
    assay("test", directory=scratch).expect(
        1, "1 failed", "pay asked POST /charges", "the closest, POST /charges, differs in $.amount")


@check
def a_redis_that_is_not_installed_is_a_double(scratch):
    project(scratch, store=STORE)
    assay("test", directory=scratch, environment={"ASSAY_PROGRAMS": "/nowhere"}).expect(
        0, "2 passed", "the Redis double, for Redis is not installed")


@check
def a_mistake_in_a_route_is_told_before_anything_runs(scratch):
    project(scratch, charge=CHARGE)
    path = scratch / "doubles/payments.yml"
    path.write_text(PAYMENTS.replace("request.json.amount", "reqest.json.amount"))
    assay("check", directory=scratch).expect(
        2, "AS129", "doubles/payments.yml:5:", "did you mean 'request'?")


@check
def redis_py_gets_on_with_the_redis_double(scratch):
    if not PYTHON.exists():
        raise Skipped("no test-venv (scripts/setup)")
    with started("double", "redis", directory=scratch) as process:
        url = next(found[0] for line in process.stdout if (found := re.search(r"redis://\S+", line)))
        seen = subprocess.run([PYTHON, CLIENT, url], capture_output=True, text=True, timeout=LIMIT_SECONDS)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=LIMIT_SECONDS)
    assert seen.returncode == 0, seen.stdout + seen.stderr
    assert seen.stdout.count("ok ") == 23, seen.stdout

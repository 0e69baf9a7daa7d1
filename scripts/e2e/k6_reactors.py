"""Scripts on several reactors: what one event loop does, two and three do together, counted by the server and by the script itself."""

import collections
import json
import re
import signal

from artillery import served
from support import Ended, assay, check, started, wait_for
from websocket import peer

REACTORS = ("1", "2", "3")
# Every pass says who it was; the server has the list, which is of all reactors.
PASSES = """
import http from 'k6/http';
import exec from 'k6/execution';
import { SharedArray } from 'k6/data';
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';

const words = new SharedArray('words', () => { console.log('array made'); return Array.from({ length: 100 }, (_, i) => ({ n: i })); });
const [counter, gauge, rate, trend] = [new Counter('own_counter'), new Gauge('own_gauge'), new Rate('own_rate'), new Trend('own_trend')];
const text = open('./text.txt');
export const options = {
  scenarios: {
    shared: { executor: 'shared-iterations', vus: 5, iterations: 23, exec: 'pass' },
    each: { executor: 'per-vu-iterations', vus: 3, iterations: 4, exec: 'pass' },
    one: { executor: 'shared-iterations', vus: 1, iterations: 7, exec: 'pass' },
    steady: { executor: 'constant-arrival-rate', rate: 20, timeUnit: '1s', duration: '2s', preAllocatedVUs: 6, maxVUs: 6, exec: 'pass' },
    rising: { executor: 'ramping-arrival-rate', startRate: 0, stages: [{ target: 20, duration: '2s' }], preAllocatedVUs: 5, exec: 'pass' },
  },
  thresholds: {
    own_counter: ['count==STARTS'], own_rate: ['rate>0.4', 'rate<0.6'], own_trend: ['max<1000', 'min>=0'],
    'http_reqs{scenario:each}': ['count==12'], http_req_failed: ['rate==0'], 'own_counter{kind:odd}': ['count>1'],
  },
};
export function setup() {
  return { token: http.get(`${__ENV.BASE}/setup`).json('ok') + '!', text };
}
export function pass(data) {
  const { scenario, vu } = exec;
  if (data.token !== 'true!' || data.text !== text || words[7].n !== 7 || words.length !== 100) throw new Error('not what was prepared');
  if (__VU !== vu.idInTest || __ITER !== vu.iterationInInstance) throw new Error('numbers differ');
  counter.add(1, { kind: scenario.iterationInTest % 2 ? 'odd' : 'even' });
  gauge.add(scenario.iterationInTest);
  rate.add(scenario.iterationInTest % 2);
  trend.add(scenario.iterationInTest);
  http.get(`${__ENV.BASE}/pass/${scenario.name}/${scenario.iterationInTest}/${__VU}/${__ITER}/${vu.iterationInScenario}`, { tags: { name: 'pass' } });
}
export function teardown(data) {
  http.get(`${__ENV.BASE}/teardown/${data.token}`);
}
export function handleSummary(data) {
  const { own_counter, own_gauge, own_rate, own_trend, http_reqs, iterations, vus_max, checks } = data.metrics;
  return {
    'summary.json': JSON.stringify({ own_counter, own_rate, own_trend, own_gauge, http_reqs, iterations, vus_max }),
    stdout: 'summary made\\n',
  };
}
""".replace("STARTS", str(23 + 12 + 7 + 40 + 20))
WANTED = {"shared": 23, "each": 12, "one": 7, "steady": 40, "rising": 20}


def passes(service):
    """By scenario: (iterationInTest, __VU, __ITER, iterationInScenario) of every pass, as the server saw them."""
    found = collections.defaultdict(list)
    for _, path, _, _ in service.seen:
        if said := re.match(r"/pass/(\w+)/(\d+)/(\d+)/(\d+)/(\d+)$", path):
            found[said[1]].append(tuple(map(int, said.groups()[1:])))
    return found


def run(folder, script, *words, status=0, **how):
    (folder / "script.js").write_text(script)
    return assay("load", "script.js", *words, "--lag-bound", "5s", directory=folder, **how).expect(status)


@check
def k6_scripts_do_the_same_on_one_reactor_and_on_several(folder):
    (folder / "text.txt").write_text("text of a file")
    for reactors in REACTORS:
        with served() as service:
            ended = run(folder, PASSES, "--env", f"BASE={service.url}", "--reactors", reactors, "--out", "run")
            seen = passes(service)
            apart = [path for _, path, _, _ in service.seen if not path.startswith("/pass")]
        said = f"{reactors} reactors: {ended.output[-3000:]}"
        assert {name: len(found) for name, found in seen.items()} == WANTED, f"{dict(seen)}\n{said}"
        for name, found in seen.items():
            # Each number of a scenario's passes is given once, from 0 on.
            assert sorted(number for number, _, _, _ in found) == list(range(WANTED[name])), f"{name}: {sorted(found)}\n{said}"
            # A user's own passes are counted without gaps, over all scenarios and in each.
            for user in {user for _, user, _, _ in found}:
                own = sorted(place for _, vu, _, place in found if vu == user)
                assert own == list(range(len(own))), f"{name}, user {user}: {own}\n{said}"
        users = collections.defaultdict(list)
        for found in seen.values():
            for _, user, iteration, _ in found:
                users[user].append(iteration)
        for user, own in users.items():
            assert sorted(own) == list(range(len(own))), f"user {user}: {sorted(own)}\n{said}"
        assert len({user for _, user, _, _ in seen["each"]}) == 3, said
        assert all(len([1 for _, vu, _, _ in seen["each"] if vu == user]) == 4 for _, user, _, _ in seen["each"]), said
        assert len({user for _, user, _, _ in seen["one"]}) == 1, said
        # 5 + 3 + 1 + 6 + 5 users at one time; no number is beyond them.
        assert max(users) <= 20, f"users {sorted(users)}\n{said}"
        assert apart == ["/setup", "/teardown/true!"], f"{apart}\n{said}"
        assert ended.output.count("summary made") == 1 and ended.output.count("array made") == 1, said
        summary = json.loads((folder / "summary.json").read_text())
        values = {name: metric["values"] for name, metric in summary.items()}
        assert values["own_counter"]["count"] == values["iterations"]["count"] == 102, values
        assert values["http_reqs"]["count"] == 104 and values["vus_max"]["max"] == 20, values
        assert values["own_trend"]["max"] == 39 and values["own_trend"]["min"] == 0, values
        assert values["own_gauge"]["max"] == 39 and values["own_gauge"]["min"] == 0, values
        assert "PASSED" in ended.output, said


SMALL = """
import exec from 'k6/execution';
import { sleep } from 'k6';
const one = (i) => ({ executor: 'per-vu-iterations', vus: 1, iterations: 1 });
export const options = { scenarios: { a: one(), b: one(), c: one(), d: one(), e: one() } };
export default function () {
  sleep(0.2);
  console.log(`user ${__VU} of ${exec.instance.vusInitialized}`);
}
"""


@check
def k6_scripts_of_small_scenarios_have_users_without_gaps(folder):
    for reactors in REACTORS:
        ended = run(folder, SMALL, "--reactors", reactors)
        said = sorted(re.findall(r"user \d+ of \d+", ended.output))
        assert said == [f"user {number} of 5" for number in range(1, 6)], f"{reactors} reactors: {said}"


ENDINGS = """
import http from 'k6/http';
import exec from 'k6/execution';
import { Counter } from 'k6/metrics';
import { sleep } from 'k6';
const counted = new Counter('counted');
export const options = {
  scenarios: { all: { executor: 'constant-vus', vus: 6, duration: '60s', gracefulStop: '30s' } },
  thresholds: __ENV.HOW === 'threshold' ? { counted: [{ threshold: 'count<20', abortOnFail: true }] } : {},
};
export default function () {
  counted.add(1);
  http.get(`${__ENV.BASE}/pass`);
  if (__ENV.HOW === 'abort' && __VU === 2 && __ITER === 3) exec.test.abort('enough');
  if (__ENV.HOW === 'fail' && __VU === 2 && __ITER === 1) exec.test.fail('wrong');
  if (__ENV.HOW === 'fail' && __VU === 1 && __ITER === 6) exec.test.abort();
  sleep(__ENV.HOW === 'long' ? 40 : 0.1);
}
export function teardown() { http.get(`${__ENV.BASE}/teardown`); }
"""


@check
def k6_scripts_are_ended_on_all_reactors_by_one(folder):
    for how, code in (("abort", 108), ("threshold", 99), ("fail", 108)):
        for reactors in REACTORS[1:]:
            with served() as service:
                ended = run(
                    folder, ENDINGS, "--env", f"BASE={service.url}", "--env", f"HOW={how}", "--reactors", reactors, "--k6-exit-codes",
                    status=code)
                assert service.counts["GET /teardown"] == 1, f"{how}: {service.counts}\n{ended.output[-2000:]}"
                assert service.counts["GET /pass"] < 150, service.counts
    with served() as service:
        words = ("load", "script.js", "--env", f"BASE={service.url}", "--env", "HOW=long", "--reactors", "2", "--k6-exit-codes")
        with started(*words, directory=folder) as process:
            wait_for(lambda: service.counts["GET /pass"] == 6, "six passes")
            process.send_signal(signal.SIGINT)
            Ended(words, process).expect(105, "interrupted")
        assert service.counts["GET /teardown"] == 1, service.counts


ARRIVALS = """
import http from 'k6/http';
import { sleep } from 'k6';
export const options = { scenarios: { a: {
  executor: 'constant-arrival-rate', rate: 40, timeUnit: '1s', duration: '2s', preAllocatedVUs: 2, maxVUs: 5, gracefulStop: '5s' } } };
export default function () { http.get(`${__ENV.BASE}/user/${__VU}`); sleep(1.5); }
"""


@check
def k6_arrival_executors_have_no_more_users_on_several_reactors(folder):
    for reactors in REACTORS:
        with served() as service:
            run(folder, ARRIVALS, "--env", f"BASE={service.url}", "--reactors", reactors, "--summary-export", "k6.json")
            users = {path for _, path, _, _ in service.seen}
        metrics = json.loads((folder / "k6.json").read_text())["metrics"]
        done, dropped = metrics["iterations"]["count"], metrics["dropped_iterations"]["count"]
        # Five users, each at most twice within two seconds; every start is made or dropped.
        assert metrics["vus_max"]["max"] == 5 and len(users) == 5 and 5 <= done <= 10, f"{reactors}: {metrics}"
        assert done + dropped == 80, f"{reactors}: {done} done, {dropped} dropped"


WAITING = """
import http from 'k6/http';
import ws from 'k6/ws';
import { WebSocket } from 'k6/experimental/websockets';
import { Counter } from 'k6/metrics';
const [ticks, echoes, answers] = [new Counter('ticks'), new Counter('echoes'), new Counter('answers')];
export const options = { scenarios: {
  timers: { executor: 'per-vu-iterations', vus: 4, iterations: 2, exec: 'timers' },
  sockets: { executor: 'per-vu-iterations', vus: 4, iterations: 2, exec: 'sockets' },
  later: { executor: 'per-vu-iterations', vus: 4, iterations: 2, exec: 'later' },
} };
export async function timers() {
  for (let i = 0; i < 3; i++) await new Promise((done) => setTimeout(() => { ticks.add(1); done(); }, 10));
  const responses = await Promise.all([1, 2, 3].map((n) => http.asyncRequest('GET', `${__ENV.BASE}/async/${n}`)));
  answers.add(responses.filter((r) => r.status === 200).length);
}
export function sockets() {
  ws.connect(__ENV.PEER, (socket) => {
    socket.on('open', () => socket.send(`{"op": "echo", "n": ${__VU}}`));
    socket.on('message', (text) => { if (text.includes(`${__VU}`)) echoes.add(1); socket.close(); });
    socket.setTimeout(() => socket.close(), 3000);
  });
}
export async function later() {
  await new Promise((done) => {
    const socket = new WebSocket(__ENV.PEER);
    socket.onopen = () => socket.send(`{"op": "echo", "n": ${__VU}}`);
    socket.onmessage = (event) => { if (event.data.includes(`${__VU}`)) echoes.add(1); socket.close(); };
    socket.onclose = () => done();
    socket.onerror = () => done();
  });
}
"""


@check
def k6_timers_sockets_and_promises_on_several_reactors(folder):
    with peer() as beside:
        port = re.search(r":(\d+)", (beside / "echo.yml").read_text())[1]
        for reactors in REACTORS:
            with served() as service:
                ended = run(
                    folder, WAITING, "--env", f"BASE={service.url}", "--env", f"PEER=ws://127.0.0.1:{port}", "--reactors", reactors,
                    "--summary-export", "k6.json")
            metrics = json.loads((folder / "k6.json").read_text())["metrics"]
            counts = {name: metrics[name]["count"] for name in ("ticks", "echoes", "answers", "ws_sessions", "http_reqs") if name in metrics}
            assert counts == {"ticks": 24, "echoes": 16, "answers": 24, "ws_sessions": 16, "http_reqs": 24}, f"{counts}\n{ended.output[-2500:]}"


GAUGE = """
import { Gauge } from 'k6/metrics';
import { sleep } from 'k6';
const last = new Gauge('last');
export const options = { scenarios: { a: { executor: 'per-vu-iterations', vus: 4, iterations: 1 } } };
export default function () { sleep(__VU * 0.3); last.add(__VU * 10); }
"""


@check
def k6_gauge_has_the_last_value_of_all_reactors(folder):
    for reactors in REACTORS:
        run(folder, GAUGE, "--reactors", reactors, "--summary-export", "k6.json")
        value = json.loads((folder / "k6.json").read_text())["metrics"]["last"]
        assert (value["value"], value["min"], value["max"]) == (40, 10, 40), f"{reactors}: {value}"


ARTILLERY = """
config:
  target: "{target}"
  processor: f.js
  phases: [{{duration: 2, arrivalCount: 20}}]
  payload: {{path: users.csv, fields: [name], order: sequence}}
scenarios:
  - flow:
      - function: count
      - get: {{url: "/user/{{{{ name }}}}"}}
"""


@check
def artillery_files_do_the_same_on_several_reactors(folder):
    (folder / "users.csv").write_text("".join(f"u{n}\n" for n in range(20)))
    (folder / "f.js").write_text("module.exports = { count: async (context, ee) => ee.emit('counter', 'own.passes', 1) };\n")
    for reactors in REACTORS:
        with served() as service:
            (folder / "load.yml").write_text(ARTILLERY.format(target=service.url))
            ended = assay("load", "load.yml", "--reactors", reactors, directory=folder)
            assert "vusers.completed: " in ended.output, ended.output
            # Each row is given to one user, whichever reactor it is on.
            assert service.counts == {f"GET /user/u{n}": 1 for n in range(20)}, f"{reactors}: {service.counts}"
            assert re.search(r"^own\.passes: \.+ 20$", ended.output, re.MULTILINE), ended.output

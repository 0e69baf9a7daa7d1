// order: any
// covers: options.scenarios scenarios.startTime scenarios.exec scenarios.env scenarios.tags exec.scenario
import http from 'k6/http';
import exec from 'k6/execution';
import { Counter } from 'k6/metrics';
export { handleSummary } from './lib/summary.js';

const passes = new Counter('passes');

export const options = {
  vus: 5,
  scenarios: {
    first: { executor: 'per-vu-iterations', vus: 2, iterations: 2, env: { WHO: 'first one' }, tags: { kind: 'a' } },
    second: { executor: 'shared-iterations', vus: 1, iterations: 3, startTime: '500ms', exec: 'other', env: { WHO: 'second one' }, tags: { kind: 'b' } },
    third: { executor: 'constant-vus', vus: 1, duration: '1s', exec: 'once', gracefulStop: '5s', startTime: '1s' },
  },
  thresholds: { 'passes{kind:a}': ['count==4'], 'passes{kind:b}': ['count==3'], 'http_reqs{scenario:second}': ['count==3'] },
};

export function setup() {
  console.log(`setup ${exec.vu.idInInstance} ${__ENV.WHO}`);
  return { began: 'yes' };
}

export default function (data) {
  passes.add(1);
  console.log(`default ${__ENV.WHO} ${data.began} ${exec.scenario.name} ${exec.scenario.executor} ${exec.scenario.iterationInInstance < 4}`);
}

export function other(data) {
  passes.add(1);
  http.get(`${__ENV.BASE}/echo/${exec.scenario.iterationInTest}`);
  console.log(`other ${__ENV.WHO} ${data.began} ${exec.scenario.name} ${exec.scenario.startTime > 1600000000000} ${exec.scenario.progress <= 1}`);
}

let turns = 0;

export function once() {
  turns += 1;
  if (turns === 1) {
    http.get(`${__ENV.BASE}/wait/1200`);
    console.log(`third ${__ENV.WHO} ${__ITER}`);
  }
}

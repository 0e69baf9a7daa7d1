// flags: --vus 2 --iterations 6
// order: once
// covers: exec.vu exec.scenario exec.instance exec.test
import exec from 'k6/execution';
import http from 'k6/http';
import { sleep } from 'k6';
import { Counter } from 'k6/metrics';
import { shown, throwsAny, attempt } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

const own = new Counter('own');

export const options = { thresholds: { 'own{colour:red}': ['count==6'], 'http_reqs{colour:red}': ['count==6'], checks: [] }, tags: { whole: 'run' } };

throwsAny('scenario in init', () => exec.scenario.name);

export function setup() {
  console.log(shown([exec.vu.idInInstance, exec.vu.idInTest, exec.instance.vusInitialized, exec.test.options.iterations]));
  throwsAny('scenario in setup', () => exec.scenario.name);
}

export default function () {
  exec.vu.metrics.tags.colour = 'red';
  own.add(1);
  http.get(`${__ENV.BASE}/ok`);
  const { vu, scenario, instance, test } = exec;
  if (vu.idInInstance !== __VU || vu.iterationInInstance !== __ITER || vu.idInTest !== __VU) console.log('wrong vu');
  if (scenario.iterationInTest > 5 || scenario.progress < 0 || scenario.progress > 1) console.log('wrong scenario');
  sleep(0.05);
  if (scenario.iterationInTest === 0) {
    console.log(shown([scenario.name, scenario.executor, instance.vusActive, instance.vusInitialized, typeof instance.currentTestRunDuration]));
    console.log(shown([Object.keys(vu).sort(), Object.keys(scenario).sort(), Object.keys(instance).sort(), Object.keys(test).sort()]));
    console.log(shown([vu.tags.whole, vu.metrics.tags.scenario, vu.metrics.tags.colour, vu.tags.absent]));
    console.log(shown(test.options.scenarios));
    console.log(shown(test.options.thresholds['own{colour:red}']));
    vu.metrics.metadata.trace = 'x1';
    console.log(shown(vu.metrics.metadata.trace));
    delete vu.metrics.metadata.trace;
    attempt('a number', () => { vu.metrics.tags.n = 5; return vu.metrics.tags.n; });
    attempt('an object', () => { vu.metrics.tags.o = {}; return vu.metrics.tags.o; });
    attempt('deleted', () => { delete vu.metrics.tags.n; return vu.metrics.tags.n; });
    throwsAny('tags replaced', () => { vu.metrics.tags = { own: 'x' }; });
    throwsAny('metadata replaced', () => { vu.metrics.metadata = {}; });
    attempt('read only', () => { exec.scenario.name = 'x'; return exec.scenario.name; });
  }
}

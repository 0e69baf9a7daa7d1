// covers: response.json
import http from 'k6/http';
import { show, attempt, throwsAny } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

const base = __ENV.BASE;

export default function () {
  const document = http.get(`${base}/json`);
  show('whole', document.json());
  for (const selector of [
    'token', 'count', 'ok', 'none', 'ratio', 'text', 'big', 'absent', 'items', 'items.#', 'items.0', 'items.0.id', 'items.2.owner.first',
    'items.9', 'items.#.id', 'items.#.owner.last', 'items.#(id==2).name', 'items.#(owner.last=="Lee").name',
    'items.#(owner.last=="Lee")#.name', 'items.#(price>2).id', 'items.#(price>2)#.id', 'items.#(name%"t*")#.id', 'dotted\\.key',
    'nested.deep.deeper.1', 'nested.*.deeper', 'nested.deep.deeper.#', 'items.#.tags', 'items.0.tags.#', 'to?en', '',
  ]) {
    attempt(selector, () => document.json(selector));
  }
  const list = http.get(`${base}/array`);
  show('array', [list.json('0.id'), list.json('#'), list.json('2'), list.json('#.id'), list.json('4')]);
  throwsAny('not JSON', () => http.get(`${base}/landed`).json());
  attempt('not JSON with a selector', () => http.get(`${base}/landed`).json('a'));
  throwsAny('empty', () => http.get(`${base}/status/204`).json());
  throwsAny('no body', () => http.get(`${base}/json`, { responseType: 'none' }).json());
  show('binary', http.get(`${base}/json`, { responseType: 'binary' }).json('token'));
  const first = document.json();
  first.token = 'changed';
  show('given again', document.json('token'));
}

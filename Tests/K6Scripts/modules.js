// covers: import
import everything, { named, counter, count as counted } from './lib/parts.js';
import * as parts from './lib/parts.js';
import { fromDeep } from './lib/deep/inner.js';
import { ring } from './lib/ring-a.js';
import k6, * as k6all from 'k6';
import http, { get } from 'k6/http';
import { show } from './lib/show.js';
import * as summary from './lib/summary.js';

export const handleSummary = summary.handleSummary;

const old = require('./lib/old.js');
const again = require('./lib/old.js');

export default function () {
  show('default', everything('x'));
  show('named', named);
  show('namespace', Object.keys(parts).sort());
  show('live binding', [counter, counted(), counter, counted(), parts.counter]);
  show('deep', fromDeep());
  show('ring', ring());
  show('k6', [typeof k6.check, typeof k6all.check, typeof k6all.sleep, http.get === get]);
  show('required', [old.answer, old.twice(4), again === old]);
  show('this', typeof this);
  show('global', [typeof globalThis, typeof global, typeof window, typeof process]);
}

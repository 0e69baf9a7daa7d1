// order: once
// covers: open
import { show, throwsAny } from './lib/show.js';
import { users } from './lib/users.js';
export { handleSummary } from './lib/summary.js';

const text = open('./data/users.csv');
const bytes = open('data/picture.bin', 'b');
const parsed = JSON.parse(open('./data/users.json'));

throwsAny('absent', () => open('./data/absent.txt'));
throwsAny('nothing', () => open(''));
throwsAny('a folder', () => open('./data'));

export default function () {
  show('text', text);
  show('bytes', bytes);
  show('parsed', parsed);
  show('beside a module', users.length);
  throwsAny('in the default function', () => open('./data/users.csv'));
}

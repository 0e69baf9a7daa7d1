// flags: --vus 2 --iterations 4
// order: once
// covers: data.SharedArray
import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
import { shown, attempt, throwsAny } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

const users = new SharedArray('users', () => JSON.parse(open('./data/users.json')));
const rows = new SharedArray('rows', () => open('./data/users.csv').split('\n').slice(1).filter((line) => line));
const again = new SharedArray('users', () => ['never made']);

throwsAny('no name', () => new SharedArray('', () => []));
throwsAny('not an array', () => new SharedArray('number', () => 5));
throwsAny('not a function', () => new SharedArray('text', 'x'));
throwsAny('fails', () => new SharedArray('fails', () => { throw new Error('in the making'); }));

export default function () {
  if (exec.scenario.iterationInTest > 0) return;
  console.log(shown([users.length, users[0], users[2].roles[0], users[9], users[-1], rows[0], again.length]));
  console.log(shown([users.map((user) => user.name), users.filter((user) => user.roles.length).length, [...rows].length, users.find((user) => user.name === 'bob')]));
  console.log(shown([Array.isArray(users), typeof users, Object.keys(rows), 1 in users, 7 in users]));
  const names = [];
  for (const user of users) names.push(user.name);
  for (const at in users) names.push(at);
  users.forEach((user, at) => names.push(`${at}${user.name}`));
  console.log(shown(names));
  attempt('written', () => { users[0] = 1; });
  attempt('changed', () => { users[0].name = 'x'; return users[0].name; });
  attempt('pushed', () => users.push(1));
  attempt('length', () => { users.length = 0; return users.length; });
  console.log(JSON.stringify(users[1]));
  throwsAny('in the default function', () => new SharedArray('late', () => []));
}

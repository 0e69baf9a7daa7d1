// covers: language
import { shown, attempt } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

class Animal {
  #secret = 'hidden';
  static count = 0;
  static { Animal.count = 10; }
  constructor(name) { this.name = name; Animal.count += 1; }
  get secret() { return this.#secret; }
  speak() { return `${this.name} speaks`; }
}

class Dog extends Animal {
  speak() { return `${super.speak()}: wau`; }
  * legs() { for (let n = 1; n <= 4; n += 1) yield n; }
}

function say(name, value) {
  console.log(`${name}: ${shown(value)}`);
}

export default function () {
  const dog = new Dog('Rex');
  say('class', [dog.speak(), dog.secret, Animal.count, [...dog.legs()], dog instanceof Animal]);
  const { a, b: { c = 5, ...others }, ...rest } = { a: 1, b: { d: 2, e: 3 }, f: 4 };
  say('destructuring', [a, c, others, rest]);
  say('optional', [dog?.name, dog.absent?.deep, dog.absent?.(), null ?? 'instead', 0 ?? 1]);
  let assigned = null;
  assigned ??= 'set';
  say('assigned', assigned);
  say('spread', [Math.max(...[1, 5, 3]), [...'héé'], { ...{ x: 1 }, y: 2 }]);
  say('template', `${1 + 1} ${((strings, ...values) => strings.raw.join('|') + values)`a${1}\n${2}b`}`);
  say('collections', [[...new Map([['k', 1]])], [...new Set([1, 1, 2])], new WeakMap().has({})]);
  say('symbols', [typeof Symbol.iterator, Symbol.for('x').description]);
  say('regexp', ['2026-01-31'.replace(/(\d+)-(\d+)-(\d+)/, '$3.$2.$1'), 'aBc'.match(/b/i).index, [...'a1b22'.matchAll(/\d+/g)].map((m) => m[0])]);
  say('lookaround', ['price: 42 EUR'.match(/\d+(?= EUR)/)[0], 'a.b'.split(/(?<=a)\./)]);
  say('sticky and unicode', [/\u{1F680}/u.test('🚀')]);
  say('text', ['abc'.at(-1), 'a-b-c'.replaceAll('-', '+'), 'x'.padStart(3, '.'), ' t '.trim(), 'ß'.toUpperCase(), 'äb'.normalize('NFD').length]);
  say('numbers', [0.1 + 0.2, (1234.5678).toFixed(2), (255).toString(16), parseInt('12px', 10), Number('0x1f'), 1e21, -0, 5e-324, 0.000001, 1e-7, (25).toString(36)]);
  say('more numbers', [1_000, 0b101, 0o17, 2 ** 10, 7 % -3, -7 % 3, Number.EPSILON > 0, (1.005).toFixed(2), (123.456).toPrecision(4), (0).toExponential(2)]);
  say('big', [(2n ** 70n).toString(), BigInt(5) + 6n === 11n, typeof 1n]);
  say('dates', [new Date(0).toISOString(), Date.UTC(2026, 0, 31), new Date('2026-01-31T12:00:00Z').getTime(), new Date('2026-01-31').toJSON()]);
  say('arrays', [[3, 1, 2].sort(), [1, 10, 2].sort(), [1, [2, [3]]].flat(Infinity), [1, 2, 3].includes(2), Array.from({ length: 3 }, (_, n) => n * n), [1, 2, 3].at(-1), [1, 2, 3].findLast((n) => n < 3)]);
  say('objects', [Object.entries({ z: 1, a: 2, 1: 3 }), Object.fromEntries([['k', 'v']]), Object.assign({}, { q: 1 }), Object.hasOwn({ h: 1 }, 'h')]);
  say('json', [JSON.stringify({ u: undefined, f() {}, d: new Date(0), n: null, i: Infinity, s: '\u2028"\n' }), JSON.stringify([1, { a: 2 }], null, 1), JSON.parse('{"a":[1,2,{"b":null}]}', (k, v) => (v === 2 ? 'two' : v))]);
  say('typed', [new Uint8Array([1, 257, -1]), new Float64Array([1.5]), new DataView(new Uint8Array([1, 2]).buffer).getUint16(0)]);
  const watched = new Proxy({}, { get: (_, key) => `got ${String(key)}`, has: () => true });
  say('proxy', [watched.anything, 'x' in watched, Reflect.ownKeys({ r: 1 })]);
  let labelled = 0;
  outer: for (let i = 0; i < 3; i += 1) {
    for (let j = 0; j < 3; j += 1) {
      if (j === 2) continue outer;
      if (i === 2) break outer;
      labelled += 1;
    }
  }
  say('labels', labelled);
  attempt('reads undefined', () => undefined.length);
  attempt('unknown name', () => nobodyKnowsThis);
  attempt('constant', () => { const fixed = 1; fixed = 2; });
  attempt('calls a number', () => (5)());
  attempt('bad JSON', () => { try { return JSON.parse('{bad'); } catch (error) { return error.name; } });
  attempt('own error', () => { class Own extends Error { get name() { return 'Own'; } } throw new Own('said'); });
  attempt('a text thrown', () => { throw 'only text'; });
  attempt('cause', () => { try { throw new Error('outer', { cause: 'inner' }); } catch (error) { return error.cause; } });
  attempt('finally', () => { let seen = ''; try { seen += 'try'; } finally { seen += ' finally'; } return seen; });
  say('closures', [1, 2, 3].map((n) => () => n).map((f) => f()));
  say('uri', [encodeURIComponent('a b&ü'), decodeURIComponent('%C3%BC'), encodeURI('http://x/a b?q=ü'), escape('ü')]);
  say('arguments', (function () { return arguments.length; })(1, 2, 3));
  say('strict', (function () { return this === undefined; })());
  say('sort is stable', [[1, 'b'], [0, 'x'], [1, 'a']].sort((p, q) => p[0] - q[0]).map((p) => p[1]).join(''));
  say('generator', [...(function* () { const got = yield* [1, 2]; yield got; })()]);
  say('url', typeof URL);
}

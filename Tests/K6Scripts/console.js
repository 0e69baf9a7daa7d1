// order: once
// covers: console.log console.info console.warn console.error console.debug
export { handleSummary } from './lib/summary.js';

console.log('in init');

export default function () {
  console.log('text', 1, 1.5, true, null, undefined, 'end');
  console.log({ a: 1, b: [1, 'x', null], c: { d: 'deep' } });
  console.log([1, 2, 3], [], {});
  console.log(NaN, Infinity, -0, 1e21, 0.1 + 0.2, 123456789012345680000);
  console.log(function named() {}, () => 1, Symbol('s').toString());
  console.log(new Date(0).toISOString(), JSON.stringify(new Date(0)));
  console.log('quotes "double" \'single\' back\\slash', 'tab\tend');
  console.log('two\nlines');
  console.log('grüße 日本 🚀');
  console.log('');
  console.log();
  console.log('%s is %d', 'x', 5);
  console.info('an info');
  console.warn('a warning');
  console.error('an error');
  console.debug('not shown');
  console.log(new Map([[1, 2]]), new Set([1]));
  console.log([undefined, NaN, () => 1]);
  const ring = { name: 'ring' };
  ring.self = ring;
  console.log(ring);
  console.log(new Uint8Array([1, 2, 3]));
  console.log({ toString: () => 'own text' });
  console.log({ get bad() { throw new Error('getter'); } });
  console.log({ toJSON: () => 'own json' });
  console.log(String(new Error('an error value')));
  console.log(new Error('logged error').message);
}

// flags: --iterations 2
// covers: async
export { handleSummary } from './lib/summary.js';

export default async function () {
  console.log('before');
  await Promise.resolve();
  throw new Error('after waiting');
}

// flags: --iterations 2
// covers: async
export { handleSummary } from './lib/summary.js';

export default function () {
  new Promise((resolve, reject) => reject(new Error('nobody listens')));
  console.log(`iteration ${__ITER}`);
}

// flags: --log-format raw --console-output console.txt --verbose --no-color --no-usage-report --compatibility-mode extended
// covers: console.log console.debug
export { handleSummary } from './lib/summary.js';

export default function () {
  console.log('to the "file"', 1, { a: [1, 2] });
  console.debug('with --verbose');
  console.error('an error\nof two lines');
}

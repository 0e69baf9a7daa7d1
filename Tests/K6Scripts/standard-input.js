// stdin: yes
// covers: options.iterations
import { check } from 'k6';

export const options = { iterations: 2 };

export default function () {
  console.log(`iteration ${__ITER}`);
  check(__ITER, { 'is a number': (value) => value >= 0 });
}

export function handleSummary(data) {
  return { 'data.json': JSON.stringify(data) };
}

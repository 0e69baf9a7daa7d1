export const named = 'a named export';
export let counter = 0;
export function count() {
  counter += 1;
  return counter;
}
export default function (word) {
  return `default of ${word}`;
}
export class Thing {}
export { named as alias };

import { back } from './ring-a.js';

export function other() {
  return `b, ${back()}`;
}

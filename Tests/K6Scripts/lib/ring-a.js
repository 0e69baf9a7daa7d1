import { other } from './ring-b.js';

export function ring() {
  return `a, ${other()}`;
}

export function back() {
  return 'back in a';
}

import { named } from '../parts.js';
export * from '../show.js';

export function fromDeep() {
  return `inner saw ${named}`;
}

// flags: --iterations 1
// exit: 107
// covers: hostile
import { named, noSuchName } from './lib/parts.js';

export default function () {
  console.log(named, typeof noSuchName);
}

// exit: 107
// covers: hostile
import { something } from './lib/not-there.js';

export default function () {
  something();
}

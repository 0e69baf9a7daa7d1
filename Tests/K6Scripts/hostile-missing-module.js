// exit: 107
// covers: hostile
import nothing from 'k6/nothing';

export default function () {
  nothing();
}

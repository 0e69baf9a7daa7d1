// exit: 108
// covers: exec.test.abort
import exec from 'k6/execution';

exec.test.abort('not even begun');

export default function () {
  console.log('never run');
}

// exit: 104
// covers: hostile
export const options = { scenarios: { one: { executor: 'shared-iterations', exec: 'absent' } } };

export default function () {
  console.log('never run');
}

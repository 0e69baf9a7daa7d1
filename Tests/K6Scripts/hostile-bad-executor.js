// exit: 104
// covers: hostile
export const options = { scenarios: { one: { executor: 'constant-cats', vus: 1 } } };

export default function () {
  console.log('never run');
}

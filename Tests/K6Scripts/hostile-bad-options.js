// exit: 104
// covers: hostile
export const options = { scenarios: { one: { executor: 'constant-vus', vus: 0, duration: '100ms' }, two: { executor: 'ramping-arrival-rate', stages: [] } } };

export default function () {
  console.log('never run');
}

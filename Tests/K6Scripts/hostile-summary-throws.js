// exit: 0
// covers: hostile handleSummary
export default function () {
  console.log('run');
}

export function handleSummary() {
  throw new Error('no summary today');
}

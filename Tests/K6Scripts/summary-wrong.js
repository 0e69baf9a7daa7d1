// covers: handleSummary
export default function () {}

// A text and a number: nothing is written at all.
export function handleSummary() {
  return { 'one.txt': 'text', 'two.txt': 5 };
}

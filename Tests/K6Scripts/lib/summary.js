// Most scripts re-export this: it keeps the data of the summary in a file and prints nothing.
export function handleSummary(data) {
  return { 'data.json': JSON.stringify(data) };
}

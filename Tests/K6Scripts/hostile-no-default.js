// exit: 104
// covers: hostile
export function other() {
  console.log('never run');
}

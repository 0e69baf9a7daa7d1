// exit: 107
// covers: hostile
const settings = undefined;

console.log('before');
settings.deep.value = 1;

export default function () {
  console.log('never run');
}

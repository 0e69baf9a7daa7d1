// flags: --vus 2 --iterations 2
// exit: 107
// covers: hostile
// The first look at the script has no user; what comes for one throws.
if (__VU > 0) throw new Error('no user today');

export default function () {
  console.log('never run');
}

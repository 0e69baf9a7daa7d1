// exit: 107
// only: assay, k6 itself falls over it (a panic, status 109)
// covers: hostile
export const options = { get vus() { throw new Error('no users today'); } };

export default function () {
  console.log('never run');
}

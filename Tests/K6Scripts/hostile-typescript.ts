// exit: 107
// covers: hostile
const fine: number = 1;
const broken: number 2;

export default function (): void {}

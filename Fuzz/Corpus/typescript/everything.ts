import a, { type B, c as d } from './x.ts'; import type { E } from 'y';
export type F<T> = { [K in keyof T as `x${K}`]?: T[K] } & (new (...a: any[]) => T);
enum G { A = 1 << 2, B = A | 1, 'c d' = "x", D = `y${B}` }
namespace H.I { export const j = 1, { k } = d; export function l() { return j + k } }
abstract class M<N> extends O<N> implements P, Q {
  declare r: S; static #t?: U = /[/]/g; [key: string]: V;
  constructor(private w: X, public readonly y = `a${1 < 2 ? `b` : 'c'}`) { super(w) }
  get z(): A | undefined { return this.#t!.a?.b<C>(1) } abstract f(): void; async *g<T>(this: M<T>) { yield* <T>x }
}
const h = async <T,>(x: T, { y = 1, ...z }: {} = {}): Promise<T> => a ? (b): c => d : (e as f satisfies g)!;
for (const i of j as K[]) { label: if (i) continue label; else return /x/ / 2 }

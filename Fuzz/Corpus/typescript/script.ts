import { Counter, Trend } from 'k6/metrics';
import http, { type Response, RefinedResponse, ResponseType } from 'k6/http';
import { check, sleep as pause } from 'k6';
import type { Options } from 'k6/options';
import { Basket, Level, type Item, Price, total } from './lib/basket.ts';
import { Shape } from './lib/shapes.d.ts';

declare const __ENV: { [name: string]: string };

export const options: Options = { thresholds: { bought: ['count>0'] } } satisfies Options;

const bought = new Counter('bought'), sums = new Trend('sums') as Trend;
const cache = new Map<string, Array<Item>>();

interface Data extends Record<string, unknown> {
  base: string;
  readonly items?: Item[];
}

type Handler<T extends object = {}> = (this: void, item: T, ...rest: readonly string[]) => asserts item is T;

abstract class Step<In, Out = In> implements Named {
  declare kind: string;
  static count: number = 0;
  #seen = new Set<In>();
  private last?: Out;
  [key: string]: unknown;

  protected constructor(readonly name: string, private times: number = 1) {
    Step.count++;
  }

  abstract run(input: In): Out;

  once(input: In): Out;
  once(input: In, note: string): Out;
  once(input: In, note?: string): Out {
    this.#seen.add(input!);
    this.last = this.run(input) as Out;
    return this.last!;
  }

  get seen(): number { return this.#seen.size * this.times }
}

interface Named { name: string }

class Double extends Step<number> {
  constructor(public readonly factor: number = 2) {
    super('double');
  }
  override run(input: number): number { return input * this.factor }
}

enum Colour { Red, Green = 4, Blue, Name = 'none' }

const enum Flag { A = 1 << 0, B = 1 << 1, Both = A | B }

namespace Words {
  export const prefix: string = '<';
  export function wrap(text: string): string { return prefix + text + '>' }
  export namespace Inner { export let depth = 2 }
}

function isText(value: unknown): value is string { return typeof value === 'string' }

const pick = <T, K extends keyof T>(value: T, key: K): T[K] => value[key];
const choose = (flag: boolean) => flag ? (1) : (x: number): number => x;

export function setup(): Data {
  return { base: __ENV.BASE, items: [{ name: 'tea', price: new Price(3) }] };
}

export default function (data: Data) {
  const reply: RefinedResponse<ResponseType> = http.get(`${data.base}/json?${'q' as string}`);
  check(reply, {
    'is fine': (r: Response) => r.status === 200,
    'has text': (r) => isText(r!.body),
  });
  const basket = new Basket<Item>(data.items!.map((one) => ({ ...one, price: new Price(3) })));
  cache.set('last', basket.items);
  bought.add(basket.items.length);
  sums.add(total(basket));
  const step = new Double(3);
  console.log(JSON.stringify(step), step.once(4), step.seen, Step.count, choose(true));
  console.log(JSON.stringify(Colour), Colour[Colour.Blue], Flag.Both, Level.High, Level[Level.Low]);
  console.log(Words.wrap('x'), Words.Inner.depth, pick({ a: 1 }, 'a'), (1 + 2 as number) * 3);
  const less = 1 < 2, more = (<number>4) > 3
  ;[less, more].forEach((one: boolean): void => { console.log(one) })
  let late: number
  let text = 'ab' as string
  ;(late = 5)
  console.log(late satisfies number, text, cache.get('last')?.[0]!.name);
  pause(0.01);
  const broken = (shape: Shape): never => {
    throw new TypeError(`no ${shape.kind}`);
  };
  if (__ITER as unknown as number === 1) broken({ kind: 'circle' });
}

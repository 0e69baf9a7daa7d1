import { Shape } from './not-there-and-never-read.ts';

export interface Item {
  name: string;
  price: Price;
  shape?: Shape;
}

export class Price {
  constructor(private readonly euros: number) {}
  get cents(): number { return this.euros * 100 }
}

export enum Level { Low = 1, High }

export class Basket<T extends Item> {
  constructor(public items: T[] = []) {}
}

export function total(basket: Basket<Item>): number {
  return basket.items.reduce((sum, { price }: Item) => sum + price.cents, 0);
}

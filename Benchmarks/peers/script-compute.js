// Computes what load scripts compute: makes orders, groups and sorts them, writes and reads JSON, looks through text.
import { check } from 'k6';

class Random {
    constructor(seed) {
        this.state = seed >>> 0;
    }

    next() {
        this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
        return this.state / 4294967296;
    }

    below(limit) {
        return Math.floor(this.next() * limit);
    }
}

const words = 'alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november'.split(' ');

function orders(random, count) {
    return Array.from({ length: count }, (_, id) => ({
        id, user: `user-${random.below(50)}`, note: `${words[random.below(words.length)]} ${words[random.below(words.length)]}`,
        items: Array.from({ length: 1 + random.below(4) }, () => ({ sku: random.below(1000), price: random.below(10000) / 100, quantity: 1 + random.below(5) })),
    }));
}

function totals(list) {
    const byUser = new Map();
    for (const { user, items } of list) {
        const sum = items.reduce((before, item) => before + item.price * item.quantity, 0);
        byUser.set(user, (byUser.get(user) || 0) + sum);
    }
    return [...byUser].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

function hash(text) {
    let state = 2166136261;
    for (let at = 0; at < text.length; at += 1) state = Math.imul(state ^ text.charCodeAt(at), 16777619);
    return state >>> 0;
}

function primes(below) {
    const composite = new Uint8Array(below);
    let count = 0;
    for (let n = 2; n < below; n += 1) {
        if (composite[n]) continue;
        count += 1;
        for (let multiple = n * n; multiple < below; multiple += n) composite[multiple] = 1;
    }
    return count;
}

export default function () {
    const list = orders(new Random(7), 200);
    const copy = JSON.parse(JSON.stringify(list));
    const best = totals(copy);
    const text = copy.map((order) => `${order.user}:${order.note}`).join('\n');
    const found = text.match(/user-\d+:(alpha|delta) \w+/g).length;
    check(null, {
        'totals are right': () => best.length === 48 && best[0][0] === 'user-19',
        'text is right': () => hash(text) === 4054469291 && found === 27,
        'primes are right': () => primes(20000) === 2262,
    });
}

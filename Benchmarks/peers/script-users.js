// A user of a web shop as k6 scripts have it: asks, looks at the answer, thinks.
import http from 'k6/http';
import { check, sleep } from 'k6';

const url = `${__ENV.TARGET}/item`;

export default function () {
    const response = http.get(url, { headers: { Accept: 'application/json' }, tags: { page: 'item' } });
    check(response, {
        'status is 200': (r) => r.status === 200,
        'has items': (r) => r.json('items.#') === 2,
        'fast enough': (r) => r.timings.duration < 5000,
    });
    sleep(0.25 + Math.random() * 0.5);
}

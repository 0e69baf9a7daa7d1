// The same step as scenarios/checked.yml: status, one JSON field, and one field kept.
import http from 'k6/http';
import { check } from 'k6';

const url = `${__ENV.TARGET}/item`;

export default function () {
    const response = http.get(url);
    const body = response.json();
    check(response, {
        'status is 200': (r) => r.status === 200,
        'ok is true': () => body.ok === true,
    });
    const item = body.items[0].item_id;
    if (item !== 'a1') throw new Error(`captured ${item}`);
}

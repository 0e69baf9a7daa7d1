/// The modules that a script of k6 finds while it is recorded: requests are noted, not sent, and what an answer would hold
/// are placeholders. In JavaScript, as it is the script's own values that are followed.
enum RecorderModules {
    static func all(_ settings: String) -> [NativeModule] {
        [
            NativeModule("k6/recorder", source: "const settings = \(settings);\n" + recorder),
            NativeModule("k6", source: core), NativeModule("k6/http", source: http),
            NativeModule("k6/metrics", source: metrics), NativeModule("k6/execution", source: execution),
            NativeModule("k6/data", source: data), NativeModule("k6/html", source: html),
            NativeModule("k6/ws", source: sockets), NativeModule("k6/websockets", source: sockets),
            NativeModule("k6/experimental/websockets", source: sockets),
            NativeModule("k6/timers", source: timers),
        ]
    }

    /// In place of https://jslib.k6.io/k6-utils.
    static let utilities = #"""
        import {expression} from 'k6/recorder';
        export const randomIntBetween = (low, high) => Math.floor(Math.random() * (high - low + 1) + low);
        export const randomItem = (list) => list[Math.floor(Math.random() * list.length)];
        export const randomString = (length) => expression(`random.string(${Math.min(10000, length)})`);
        export const uuidv4 = () => expression('uuid()');
        export const findBetween = (content, left, right, all) => all ? [] : '';
        export const normalDistributionStages = () => [];
        export const getCurrentStageIndex = () => 0;
        export const parseDuration = () => 0;
        export const tagWithCurrentStageIndex = () => {};
        export const tagWithCurrentStageProfile = () => {};
        export const describe = (name, body) => { body(); return true; };
        """#

    /// In place of https://jslib.k6.io/k6-summary.
    static let summary = "export const textSummary = () => ''; export const jUnit = () => '';"

    private static let recorder = #"""
        const SYMBOL = Symbol('symbol'), mark = '\u0001', most = 5000;
        const state = {events: [], symbols: [], metrics: [], feeds: {}, responses: 0, count: 0, randoms: 0, notes: []};
        const texts = new Map();

        export function here() {
            for (const line of String(new Error().stack).split('\n')) {
                const found = /(file:\/\/[^:)]+):(\d+)/.exec(line);
                if (found && !found[1].endsWith('/' + settings.driver)) return {file: found[1], line: Number(found[2])};
            }
            return {file: '', line: 1};
        }
        export function note(text) {
            const place = here();
            const key = place.file + place.line + text;
            if (texts.has(key)) return;
            texts.set(key, true);
            if (state.notes.length < 1000) state.notes.push({...place, text});
        }
        export function add(event) {
            if (++state.count > most) throw new Error(`more than ${most} steps`);
            const made = {...here(), ...event};
            state.events.push(made);
            return made;
        }
        export function within(event, body) {
            const made = add(event), outer = state.events;
            made.events = state.events = [];
            try { return body(); } finally { state.events = outer; }
        }
        export const info = (value) => value !== null && typeof value === 'object' ? value[SYMBOL] : undefined;

        function placeholder(about) { state.symbols.push(about); return mark + (state.symbols.length - 1) + mark; }
        export const expression = (text) => placeholder({kind: 'expression', text});

        const texty = ['trim', 'toLowerCase', 'toUpperCase', 'toString', 'replace', 'replaceAll', 'substring', 'substr', 'slice', 'padStart', 'padEnd', 'normalize', 'split', 'concat', 'at', 'charAt', 'match', 'toFixed', 'join'];
        const yes = ['includes', 'startsWith', 'endsWith', 'hasOwnProperty', 'some', 'every', 'test'];
        export function symbol(about) {
            let text;
            const made = () => text ?? (text = placeholder(about));
            const inner = (part) => symbol({...about, path: [...about.path, part]});
            const itself = new Proxy({}, {
                get(target, name) {
                    if (name === SYMBOL) return about;
                    if (name === Symbol.toPrimitive) return (hint) => hint === 'number' ? NaN : made();
                    if (name === 'toJSON' || name === 'toString' || name === 'valueOf') return made;
                    if (name === Symbol.iterator) return function* () { yield inner(0); };
                    if (typeof name === 'symbol' || name === 'then') return undefined;
                    if (name === 'length') return 1;
                    if (name === 'map') return (f) => [f(inner(0), 0)];
                    if (name === 'filter') return (f) => { f(inner(0), 0); return [inner(0)]; };
                    if (name === 'forEach') return (f) => { f(inner(0), 0); };
                    if (name === 'find') return (f) => { f(inner(0), 0); return inner(0); };
                    if (name === 'findIndex' || name === 'indexOf') return () => 0;
                    if (name === 'reduce') return (f, first) => first === undefined ? inner(0) : f(first, inner(0), 0);
                    if (yes.includes(name)) return () => true;
                    if (texty.includes(name)) return () => { note(`'.${name}()' of a value of an answer is not carried over`); return name === 'split' || name === 'match' ? [itself, itself] : itself; };
                    return inner(/^\d+$/.test(name) ? Number(name) : name);
                },
                has: () => true,
            });
            return itself;
        }

        const parse = JSON.parse;
        JSON.parse = (text, reviver) => {
            const about = info(text);
            return about ? symbol({...about, kind: about.kind === 'body' ? 'json' : about.kind}) : parse(text, reviver);
        };
        Math.random = () => { state.randoms++; return settings.random; };
        const Clock = Date;
        globalThis.Date = class extends Clock {
            constructor(...parts) { if (parts.length) super(...parts); else super(settings.now); }
            static now() { return settings.now; }
        };
        const known = settings.environment;
        globalThis.__ENV = new Proxy({...known}, {
            get(target, name) {
                if (typeof name === 'symbol') return undefined;
                if (!state.environment) state.environment = [];
                if (!state.environment.some((read) => read.name === name)) state.environment.push({...here(), name, given: name in known});
                if (name in known) return settings.marks ? placeholder({kind: 'env', text: name}) : known[name];
                return settings.marks ? placeholder({kind: 'env', text: name}) : undefined;
            },
            has: () => true,
        });
        for (const [name, value, told] of [['__VU', 1, 'load.user'], ['__ITER', 0, 'load.iteration']]) {
            Object.defineProperty(globalThis, name, {configurable: true, get() {
                note(`${name} was ${value} in the pass that was recorded; \${${told}} is its like`);
                return value;
            }});
        }
        const silent = () => {};
        globalThis.console = {log: silent, info: silent, warn: silent, error: silent, debug: silent};
        globalThis.setTimeout = (body) => { body(); return 1; };
        globalThis.clearTimeout = globalThis.clearInterval = silent;
        globalThis.setInterval = () => { note('setInterval is not carried over'); return 1; };

        function recorded(body) {
            const events = state.events = [];
            return {events, value: body()};
        }
        async function pass(body) {
            const made = recorded(() => {
                try { return {result: body()}; } catch (error) { return {error}; }
            });
            let {result, error} = made.value;
            try { result = await result; } catch (later) { error = later; }
            if (error !== undefined) {
                const found = /(file:\/\/[^:)]+):(\d+)/.exec(String(error?.stack));
                state.notes.push({file: found?.[1] ?? '', line: Number(found?.[2] ?? 1), text: `the script ended here: ${error?.message ?? error}; what comes behind it is not carried over`});
            }
            return {events: made.events, result};
        }
        export async function run(script) {
            const options = script.options ?? {};
            const result = {options: JSON.parse(JSON.stringify(options) ?? '{}'), flows: {}};
            const wanted = Object.values(options.scenarios ?? {}).map((one) => one?.exec ?? 'default');
            let data;
            if (typeof script.setup === 'function') {
                const made = await pass(() => script.setup());
                result.setup = made.events;
                data = made.result;
            }
            for (const name of new Set(wanted.length ? wanted : ['default'])) {
                if (typeof script[name] !== 'function') continue;
                result.flows[name] = (await pass(() => script[name](data))).events;
            }
            if (typeof script.teardown === 'function') result.teardown = (await pass(() => script.teardown(data))).events;
            result.exports = Object.keys(script).filter((name) => typeof script[name] === 'function');
            return JSON.stringify({...result, symbols: state.symbols, metrics: state.metrics, feeds: state.feeds, notes: state.notes, environment: state.environment ?? [], responses: state.responses});
        }
        export const respond = () => state.responses++;
        export const status = (number) => settings.statuses[number] ?? 200;
        export const metric = (made) => { state.metrics.push(made); };
        export const feed = (name, rows) => { state.feeds[name] = {rows, random: false}; };
        export const drawn = (name) => { if (state.randoms) state.feeds[name].random = true; };
        """#

    private static let core = #"""
        import {add, within, info, note} from 'k6/recorder';
        export function sleep(seconds) { add({kind: 'sleep', seconds: Number(seconds)}); }
        export function group(name, body) { return within({kind: 'group', name: String(name)}, body); }
        export function fail(message) { throw new Error(message ?? ''); }
        export function randomSeed() {}
        export function check(value, sets) {
            const about = info(value);
            const response = about ? about.response : value?.response;
            for (const [name, condition] of Object.entries(sets ?? {})) {
                if (typeof condition !== 'function') { note(`the check '${name}' is no function and is not carried over`); continue; }
                if (response === undefined) { note(`the check '${name}' is of a value of the script's own and is not carried over`); continue; }
                add({kind: 'check', name, source: String(condition), response, path: about?.path, of: about?.kind});
            }
            return true;
        }
        export default {sleep, group, fail, randomSeed, check};
        """#

    private static let http = #"""
        import {add, within, info, note, symbol, respond, status} from 'k6/recorder';
        const FILE = Symbol('file'), ADDRESS = Symbol('address');
        const dots = (path) => String(path).split('.').map((part) => /^\d+$/.test(part) ? Number(part) : part);
        function answer(request) {
            const number = respond(), code = status(number);
            const of = (kind, rest = {}) => symbol({response: number, kind, path: [], ...rest});
            const body = of('body');
            return {
                response: number, status: code, status_text: `${code} OK`, url: request.url, body, proto: 'HTTP/1.1',
                headers: new Proxy({}, {get: (target, name) => typeof name === 'symbol' ? undefined : of('header', {name})}),
                cookies: new Proxy({}, {get: (target, name) => typeof name === 'symbol' ? undefined : [{name, value: of('cookie', {name})}]}),
                timings: {duration: 1, blocked: 0, connecting: 0, tls_handshaking: 0, sending: 0, waiting: 1, receiving: 0, looking_up: 0},
                error: '', error_code: 0, remote_ip: '127.0.0.1', remote_port: 80, request: {method: request.method, url: request.url, headers: {}, body: ''},
                json: (path) => symbol({response: number, kind: 'json', path: path === undefined ? [] : dots(path)}),
                html: () => { note('what is looked for in a page is not carried over'); return page(); },
                submitForm: () => { note('submitForm() is not carried over'); return answer(request); },
                clickLink: () => { note('clickLink() is not carried over'); return answer(request); },
            };
        }
        function page() {
            const itself = new Proxy(function () {}, {
                get: (target, name) => name === Symbol.toPrimitive ? () => '' : name === 'text' || name === 'attr' || name === 'html' || name === 'val' ? () => '' : typeof name === 'symbol' || name === 'then' ? undefined : itself,
                apply: () => itself,
            });
            return itself;
        }
        const plain = (value) => info(value) ? String(value) : value;
        function content(body) {
            if (body === null || body === undefined || body === '') return {};
            if (typeof body !== 'object' || info(body)) return {text: String(body)};
            if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) { note('a body of bytes is not carried over'); return {}; }
            const fields = [];
            let parts = false;
            for (const [name, value] of Object.entries(body)) {
                for (const one of Array.isArray(value) ? value : [value]) {
                    if (one?.[FILE]) {
                        parts = true;
                        if (typeof one.data !== 'string') note(`the content of the file '${name}' is not carried over`);
                        fields.push({name, value: typeof one.data === 'string' ? one.data : '', file: String(one.filename ?? name), type: one.content_type});
                    } else fields.push({name, value: one !== null && typeof one === 'object' && !info(one) ? JSON.stringify(one) : String(one)});
                }
            }
            return parts ? {parts: fields} : {form: fields};
        }
        function described(method, address, body, params = {}) {
            const made = {kind: 'http', method: String(method).toUpperCase(), ...content(body)};
            made.url = address?.[ADDRESS] ?? String(address?.url ?? address);
            params = params ?? {};
            made.name = params.tags?.name !== undefined ? String(params.tags.name) : address?.[ADDRESS] ? address.name : undefined;
            made.headers = Object.entries(params.headers ?? {}).map(([name, value]) => [name, String(plain(value))]);
            made.tags = Object.entries(params.tags ?? {}).filter(([name]) => name !== 'name').map(([name, value]) => [name, String(plain(value))]);
            made.cookies = Object.entries(params.cookies ?? {}).map(([name, value]) => [name, String(plain(value !== null && typeof value === 'object' && !info(value) ? value.value : value))]);
            if (params.timeout !== undefined) made.timeout = String(params.timeout);
            if (params.redirects !== undefined) made.redirects = Number(params.redirects);
            if (params.auth) made.auth = String(params.auth);
            if (params.compression) made.compression = String(params.compression);
            for (const name of ['jar', 'responseCallback']) if (params[name]) note(`'${name}' of a request is not carried over`);
            return made;
        }
        function send(method, address, body, params) {
            const made = described(method, address, body, params);
            const result = answer(made);
            add({...made, response: result.response});
            return result;
        }
        export const get = (url, params) => send('GET', url, null, params);
        export const head = (url, params) => send('HEAD', url, null, params);
        export const post = (url, body, params) => send('POST', url, body, params);
        export const put = (url, body, params) => send('PUT', url, body, params);
        export const patch = (url, body, params) => send('PATCH', url, body, params);
        export const del = (url, body, params) => send('DELETE', url, body, params);
        export const options = (url, body, params) => send('OPTIONS', url, body, params);
        export const request = (method, url, body, params) => send(method, url, body, params);
        export const asyncRequest = async (method, url, body, params) => send(method, url, body, params);
        export function batch(requests) {
            const one = (item) => Array.isArray(item) ? send(...item) : typeof item === 'object' && item?.url !== undefined && item.method !== undefined
                ? send(item.method, item.url, item.body, item.params) : send('GET', item?.url ?? item, null, item?.params);
            return within({kind: 'batch'}, () => {
                if (Array.isArray(requests)) return requests.map(one);
                return Object.fromEntries(Object.entries(requests).map(([name, item]) => [name, one(item)]));
            });
        }
        export const file = (data, filename, content_type) => ({[FILE]: true, data, filename, content_type});
        export function url(pieces, ...values) {
            const made = {[ADDRESS]: pieces[0], name: pieces[0]};
            values.forEach((value, place) => { made[ADDRESS] += String(plain(value)) + pieces[place + 1]; made.name += '${}' + pieces[place + 1]; });
            return made;
        }
        export const expectedStatuses = () => ({});
        export const setResponseCallback = () => note('setResponseCallback() is not carried over');
        export class CookieJar {
            set() { note('cookies that a script sets in a jar are not carried over'); }
            cookiesForURL() { return {}; }
            clear() {}
            delete() {}
        }
        export const cookieJar = () => new CookieJar();
        export const TLS_1_0 = 'tls1.0', TLS_1_1 = 'tls1.1', TLS_1_2 = 'tls1.2', TLS_1_3 = 'tls1.3', SSL_3_0 = 'ssl3.0';
        export const AUTH_BASIC = 'basic', AUTH_DIGEST = 'digest', AUTH_NTLM = 'ntlm';
        export default {get, head, post, put, patch, del, options, request, asyncRequest, batch, file, url, expectedStatuses, setResponseCallback, CookieJar, cookieJar, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3, SSL_3_0};
        """#

    private static let metrics = #"""
        import {add, note, metric} from 'k6/recorder';
        class Metric {
            constructor(name, isTime) { this.name = String(name); metric({name: this.name, kind: this.constructor.name.toLowerCase(), isTime: Boolean(isTime)}); }
            add(value) {
                if (this.constructor.name === 'Counter' && typeof value === 'number') add({kind: 'counter', name: this.name, value});
                else note(`what is added to the metric '${this.name}' is not carried over`);
            }
        }
        export class Counter extends Metric {}
        export class Gauge extends Metric {}
        export class Rate extends Metric {}
        export class Trend extends Metric {}
        export default {Counter, Gauge, Rate, Trend};
        """#

    private static let execution = #"""
        import {note} from 'k6/recorder';
        const told = (values) => new Proxy(values, {get(target, name) {
            if (typeof name === 'string' && name in target && typeof target[name] === 'number') note(`what k6/execution tells (${name}) is that of the pass that was recorded`);
            return target[name];
        }});
        export const vu = told({idInTest: 1, idInInstance: 1, iterationInInstance: 0, iterationInScenario: 0, tags: {}, metrics: {tags: {}, metadata: {}}});
        export const scenario = told({name: 'default', executor: '', startTime: 0, progress: 0, iterationInInstance: 0, iterationInTest: 0});
        export const instance = told({vusActive: 1, vusInitialized: 1, iterationsCompleted: 0, iterationsInterrupted: 0, currentTestRunDuration: 0});
        export const test = {abort: (reason) => { throw new Error('test.abort: ' + (reason ?? '')); }, fail: () => {}, options: {}};
        export default {vu, scenario, instance, test};
        """#

    private static let data = #"""
        import {symbol, feed, drawn, note} from 'k6/recorder';
        export class SharedArray {
            constructor(name, make) {
                const rows = make();
                if (!Array.isArray(rows)) throw new TypeError('only arrays can be made into SharedArray');
                const isFeed = rows.length > 0 && rows.length <= 200000 && rows.every((row) => row !== null && typeof row === 'object' && !Array.isArray(row));
                if (!isFeed) { if (rows.length) note(`the rows of '${name}' are no objects: those of the pass that was recorded are written out`); return rows; }
                feed(String(name), rows);
                return new Proxy(rows, {get(target, key) {
                    if (typeof key === 'string' && /^\d+$/.test(key) && Number(key) < target.length) {
                        drawn(String(name));
                        return symbol({kind: 'feed', name: String(name), path: []});
                    }
                    return target[key];
                }});
            }
        }
        export default {SharedArray};
        """#

    private static let html = #"""
        import {note} from 'k6/recorder';
        const page = new Proxy(function () {}, {get: (target, name) => name === Symbol.toPrimitive ? () => '' : typeof name === 'symbol' || name === 'then' ? undefined : ['text', 'attr', 'html', 'val'].includes(name) ? () => '' : page, apply: () => page});
        export const parseHTML = () => { note('what is looked for in a page is not carried over'); return page; };
        export class Element {}
        export class Selection {}
        export default {parseHTML, Element, Selection};
        """#

    private static let sockets = #"""
        import {note} from 'k6/recorder';
        export const connect = () => { note('WebSockets of a script are not carried over'); return {status: 101, url: '', headers: {}, body: '', error: ''}; };
        export class WebSocket {
            constructor() { note('WebSockets of a script are not carried over'); }
            addEventListener() {}
            send() {}
            ping() {}
            close() {}
        }
        export const Blob = class {};
        export default {connect, WebSocket, Blob};
        """#

    private static let timers = #"""
        export const setTimeout = globalThis.setTimeout, clearTimeout = globalThis.clearTimeout;
        export const setInterval = globalThis.setInterval, clearInterval = globalThis.clearInterval;
        export default {setTimeout, clearTimeout, setInterval, clearInterval};
        """#
}

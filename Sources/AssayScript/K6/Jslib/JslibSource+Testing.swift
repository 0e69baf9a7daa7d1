extension JslibSource {
    /// httpx: requests that share an address, headers and tags.
    static let httpx = """
        import http from 'k6/http';

        const verbs = { get: 'GET', post: 'POST', put: 'PUT', patch: 'PATCH', delete: 'DELETE', options: 'OPTIONS',
          head: 'HEAD', trace: 'TRACE' };

        export class Request {
          constructor(method, url, body = null, params = {}) {
            this.method = method;
            this.url = url;
            this.body = body;
            this.params = params;
          }
        }
        export const Get = (url, params) => new Request('GET', url, null, params);
        export const Post = (url, body, params) => new Request('POST', url, body, params);
        export const Put = (url, body, params) => new Request('PUT', url, body, params);
        export const Patch = (url, body, params) => new Request('PATCH', url, body, params);
        export const Delete = (url, body, params) => new Request('DELETE', url, body, params);
        export const Options = (url, body, params) => new Request('OPTIONS', url, body, params);
        export const Head = (url, params) => new Request('HEAD', url, null, params);

        export class Httpx {
          constructor(options = {}) {
            const { baseURL = '', ...params } = options;
            this.baseURL = baseURL;
            this.params = { ...params, headers: { ...params.headers }, tags: { ...params.tags } };
          }
          setBaseUrl(url) { this.baseURL = url; }
          addHeader(name, value) { this.params.headers[name] = value; }
          addHeaders(headers) { Object.assign(this.params.headers, headers); }
          clearHeader(name) { delete this.params.headers[name]; }
          addTag(name, value) { this.params.tags[name] = value; }
          addTags(tags) { Object.assign(this.params.tags, tags); }
          clearTag(name) { delete this.params.tags[name]; }
          #url(url) { return /^https?:[/][/]/.test(url) ? url : this.baseURL + url; }
          #params(params) {
            return { ...this.params, ...params, headers: { ...this.params.headers, ...params?.headers },
              tags: { ...this.params.tags, ...params?.tags } };
          }
          request(method, url, body = null, params = {}) {
            return http.request(method, this.#url(url), body, this.#params(params));
          }
          asyncRequest(method, url, body = null, params = {}) {
            return http.asyncRequest(method, this.#url(url), body, this.#params(params));
          }
          batch(requests, params = {}) {
            return http.batch(requests.map((request) => ({ method: request.method, url: this.#url(request.url),
              body: request.body, params: this.#params({ ...params, ...request.params }) })));
          }
        }
        for (const [name, verb] of Object.entries(verbs)) {
          Httpx.prototype[name] = function (url, body = null, params = {}) {
            return this.request(verb, url, body, params);
          };
          Httpx.prototype['async' + name[0].toUpperCase() + name.substring(1)] = function (url, body = null, params = {}) {
            return this.asyncRequest(verb, url, body, params);
          };
        }
        export default Httpx;
        """

    /// k6chaijs: expectations of which each is a check, and `describe`, which a failed one leaves.
    static let chai = """
        import { check, group } from 'k6';

        export class AssertionError extends Error {
          constructor(message) { super(message); this.name = 'AssertionError'; }
        }
        export const config = { truncateVariableThreshold: 100, truncateMsgThreshold: 300, logFailures: false };

        const cut = (text, count) => (text.length > count ? text.substring(0, count) + '...' : text);
        const shown = (value) => {
          if (typeof value === 'string') return cut("'" + value + "'", config.truncateVariableThreshold);
          if (typeof value === 'function') return '[Function' + (value.name ? ': ' + value.name : '') + ']';
          if (value instanceof RegExp || value instanceof Error || typeof value !== 'object' || value === null) {
            return cut(String(value), config.truncateVariableThreshold);
          }
          let text;
          try { text = JSON.stringify(value); } catch { text = String(value); }
          return cut(text ?? String(value), config.truncateVariableThreshold);
        };
        const kind = (value) => Object.prototype.toString.call(value).slice(8, -1).toLowerCase();
        const same = (a, b) => {
          if (Object.is(a, b)) return true;
          if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
          if (kind(a) !== kind(b)) return false;
          if (a instanceof Date) return a.getTime() === b.getTime();
          if (a instanceof RegExp) return String(a) === String(b);
          if (a instanceof Map || a instanceof Set) return same([...a], [...b]);
          const names = Object.keys(a);
          return names.length === Object.keys(b).length && names.every((name) => name in b && same(a[name], b[name]));
        };
        const sizeOf = (value) => (value instanceof Map || value instanceof Set ? value.size
          : typeof value === 'object' && value !== null && !('length' in value) ? Object.keys(value).length : value.length);

        export class Assertion {
          constructor(value, label, flags = {}) { this._value = value; this._label = label; this._flags = flags; }
          _flag(name) { return new Assertion(this._value, this._label, { ...this._flags, [name]: true }); }
          _assert(holds, what) {
            const isNot = this._flags.not === true;
            const passed = isNot ? !holds : !!holds;
            const message = cut('expected ' + (this._label ?? shown(this._value)) + (isNot ? ' not ' : ' ') + what,
              config.truncateMsgThreshold);
            check(null, { [message.replaceAll('::', ':')]: passed });
            if (!passed) {
              const full = message + (this._label === undefined ? '' : ', got ' + shown(this._value));
              if (config.logFailures) console.warn(full);
              throw new AssertionError(full);
            }
            return this;
          }
          get not() { return this._flag('not'); }
          get deep() { return this._flag('deep'); }
          get any() { return this._flag('any'); }
          get all() { return this._flag('all'); }
          get nested() { return this._flag('nested'); }
          get own() { return this._flag('own'); }
          get ok() { return this._assert(this._value, 'to be truthy'); }
          get true() { return this._assert(this._value === true, 'to be true'); }
          get false() { return this._assert(this._value === false, 'to be false'); }
          get null() { return this._assert(this._value === null, 'to be null'); }
          get undefined() { return this._assert(this._value === undefined, 'to be undefined'); }
          get NaN() { return this._assert(Number.isNaN(this._value), 'to be NaN'); }
          get exist() { return this._assert(this._value !== null && this._value !== undefined, 'to exist'); }
          get empty() { return this._assert(sizeOf(this._value) === 0, 'to be empty'); }
          get finite() { return this._assert(Number.isFinite(this._value), 'to be a finite number'); }
          equal(other) {
            if (this._flags.deep) return this.eql(other);
            return this._assert(this._value === other, 'to equal ' + shown(other));
          }
          eql(other) { return this._assert(same(this._value, other), 'to deeply equal ' + shown(other)); }
          above(bound) { return this._number(this._measure() > bound, 'to be above ', bound); }
          least(bound) { return this._number(this._measure() >= bound, 'to be at least ', bound); }
          below(bound) { return this._number(this._measure() < bound, 'to be below ', bound); }
          most(bound) { return this._number(this._measure() <= bound, 'to be at most ', bound); }
          _measure() { return this._flags.length ? sizeOf(this._value) : this._value; }
          _number(holds, what, bound) {
            return this._assert(holds, (this._flags.length ? 'to have a length ' + what.substring(6) : what) + shown(bound));
          }
          within(low, high) {
            const value = this._measure();
            return this._assert(value >= low && value <= high, 'to be within ' + low + '..' + high);
          }
          closeTo(other, delta) {
            return this._assert(Math.abs(this._value - other) <= delta, 'to be close to ' + other + ' +/- ' + delta);
          }
          instanceof(type) { return this._assert(this._value instanceof type, 'to be an instance of ' + type.name); }
          property(name, value) {
            const path = this._flags.nested ? String(name).replace(/[[]([0-9]+)]/g, '.$1').split('.') : [name];
            let found = this._value;
            let has = true;
            for (const part of path) {
              has = has && found !== null && found !== undefined && part in Object(found);
              found = has ? found[part] : undefined;
            }
            if (arguments.length < 2) this._assert(has, 'to have property ' + shown(name));
            else {
              this._assert(has && (this._flags.deep ? same(found, value) : found === value),
                'to have property ' + shown(name) + ' of ' + shown(value));
            }
            return new Assertion(found, undefined, {});
          }
          match(pattern) { return this._assert(pattern.test(this._value), 'to match ' + pattern); }
          string(part) { return this._assert(String(this._value).includes(part), 'to contain ' + shown(part)); }
          keys(...names) {
            const wanted = names.flat();
            const has = Object.keys(this._value);
            const holds = this._flags.any ? wanted.some((name) => has.includes(name))
              : wanted.every((name) => has.includes(name)) && (this._flags.contains || wanted.length === has.length);
            return this._assert(holds, 'to have keys ' + wanted.map(shown).join(', '));
          }
          members(list) {
            const equals = this._flags.deep ? same : Object.is;
            const holds = list.every((item) => this._value.some((other) => equals(item, other)))
              && (this._flags.contains || list.length === this._value.length);
            return this._assert(holds, 'to have the members ' + shown(list));
          }
          oneOf(list) { return this._assert(list.includes(this._value), 'to be one of ' + shown(list)); }
          satisfy(test) { return this._assert(test(this._value), 'to satisfy ' + shown(test)); }
          throw(wanted) {
            let thrown;
            try { this._value(); } catch (error) { thrown = error ?? new Error(); }
            const holds = thrown !== undefined && (wanted === undefined
              || (typeof wanted === 'string' ? String(thrown.message).includes(wanted)
                : wanted instanceof RegExp ? wanted.test(thrown.message) : thrown instanceof wanted));
            return this._assert(holds, 'to throw ' + (wanted === undefined ? 'an error' : shown(wanted)));
          }
          validJsonBody() {
            let isValid = true;
            try { JSON.parse(this._value.body ?? this._value); } catch { isValid = false; }
            return this._assert(isValid, 'to have a valid JSON body');
          }
        }

        const prototype = Assertion.prototype;
        const aliases = { equals: 'equal', eq: 'equal', eqls: 'eql', gt: 'above', greaterThan: 'above', gte: 'least',
          greaterThanOrEqual: 'least', lt: 'below', lessThan: 'below', lte: 'most', lessThanOrEqual: 'most',
          approximately: 'closeTo', instanceOf: 'instanceof', matches: 'match', satisfies: 'satisfy', throws: 'throw',
          Throw: 'throw', key: 'keys' };
        for (const [alias, name] of Object.entries(aliases)) prototype[alias] = prototype[name];
        for (const name of ['to', 'be', 'been', 'is', 'that', 'which', 'and', 'has', 'have', 'with', 'at', 'of', 'same',
          'but', 'does', 'still', 'also']) {
          Object.defineProperty(prototype, name, { get() { return this; } });
        }
        // Methods that are links of a chain, too: `to.be.a('string')`, `to.include.members([1])`.
        const link = (names, flag, body) => {
          for (const name of names) {
            Object.defineProperty(prototype, name, {
              get() {
                const next = flag === null ? this : this._flag(flag);
                const call = (...values) => body.apply(this, values);
                return new Proxy(call, { get: (_, key) => {
                  const found = next[key];
                  return typeof found === 'function' ? found.bind(next) : found;
                } });
              },
            });
          }
        };
        link(['a', 'an'], null, function (type) { return this._assert(kind(this._value) === type.toLowerCase(), 'to be a ' + type); });
        link(['include', 'includes', 'contain', 'contains'], 'contains', function (part) {
          const value = this._value;
          const holds = typeof value === 'string' ? value.includes(part)
            : Array.isArray(value) ? value.some((item) => (this._flags.deep ? same(item, part) : Object.is(item, part)))
            : value instanceof Set || value instanceof Map ? value.has(part)
            : Object.keys(part).every((name) => (this._flags.deep ? same(value[name], part[name]) : value[name] === part[name]));
          return this._assert(holds, 'to include ' + shown(part));
        });
        link(['length', 'lengthOf'], 'length', function (count) {
          return this._assert(sizeOf(this._value) === count, 'to have a length of ' + count);
        });

        export function expect(value, label) { return new Assertion(value, label); }
        export function describe(name, body) {
          let passed = true;
          group(name, () => {
            try { body(); } catch (error) {
              passed = false;
              if (!(error instanceof AssertionError)) {
                console.error('Exception raised in test "' + name + '". Failing the test and continuing. \\\\n' + error);
                check(null, { ['Exception raised "' + String(error).replaceAll('::', ':') + '"']: false });
              }
            }
          });
          return passed;
        }
        export const chai = { expect, config, Assertion, AssertionError, use(plugin) { plugin(chai, {}); return chai; } };
        export default chai;
        """
}

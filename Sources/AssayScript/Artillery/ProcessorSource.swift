extension ScriptProcessor {
    /// The half of a processor's caller that is JavaScript: what functions are given, and what comes back.
    ///
    /// Everything goes in and out as JSON. A call gives a promise of `{ok, set, drop, …}` or `{failure, set, drop}`; one that
    /// never comes to anything is a function that did not call `next()`.
    static let source = #"""
        ((tell, constantsText, namesText) => {
          'use strict';
          const constants = JSON.parse(constantsText);
          const names = JSON.parse(namesText);
          const listeners = new Map();
          let context, seen, requests;

          // MARK: templates
          const isPlain = (value) => value !== null && typeof value === 'object'
            && (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype);
          const read = (path) => {
            if (Object.hasOwn(context.vars, path)) return context.vars[path];
            let value = context.vars;
            for (const part of path.match(/[^.[\]'"]+/g) ?? []) {
              if (value === null || value === undefined) return undefined;
              value = value[part];
            }
            return value;
          };
          const text = (value) => typeof value === 'object' ? JSON.stringify(value) : String(value);
          const drawn = (name, given) => {
            const all = given.split(',').map((one) => one.trim()).filter((one) => one !== '')
              .map((one) => isNaN(Number(one)) ? undefined : Number(one));
            return context.funcs[name](...all);
          };
          const fillText = (value) => {
            if (!value.includes('{{')) return value;
            const whole = value.match(/^\{\{\{?([\s$\w.[\]'"-]+)\}?\}\}$/);
            if (whole) return read(whole[1].trim());
            return value
              .replace(/\{\{\s*(\$\w+)\s*\(([\w\s,]*)\)\s*\}\}/g,
                (all, name, given) => Object.hasOwn(context.funcs, name) ? drawn(name, given) : all)
              .replace(/\{\{\{?([\s$\w.[\]'"-]+)\}?\}\}/g, (_, path) => text(read(path.trim())));
          };
          const fill = (value) => {
            if (typeof value === 'string') return fillText(value);
            if (!isPlain(value)) return value;
            if (Array.isArray(value)) return value.map(fill);
            return Object.fromEntries(Object.entries(value).map(([key, one]) => [fillText(key), fill(one)]));
          };

          // MARK: what functions are given
          const ee = {
            emit(kind, ...given) {
              // What histograms were called before.
              if (kind === 'customStat') tell('histogram', given[0]?.stat, given[0]?.value);
              else tell(kind, ...given);
              for (const one of [...(listeners.get(kind) ?? [])]) one(...given);
              return true;
            },
            on(kind, body) {
              listeners.set(kind, [...(listeners.get(kind) ?? []), body]);
              return ee;
            },
            once(kind, body) {
              const one = (...given) => { ee.off(kind, one); body(...given); };
              return ee.on(kind, one);
            },
            off(kind, body) {
              listeners.set(kind, (listeners.get(kind) ?? []).filter((one) => one !== body));
              return ee;
            },
          };
          ee.addListener = ee.on;
          ee.removeListener = ee.off;
          const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
          const funcs = () => ({
            $randomNumber: (low, high) => low + Math.floor(Math.random() * (high - low + 1)),
            $randomString: (count = 10) => Array.from(
              { length: count }, () => letters[Math.floor(Math.random() * letters.length)]).join(''),
            $template: (value) => fill(value),
          });
          const begin = (name) => {
            const vars = { ...constants };
            context = { vars, funcs: funcs(), scenario: { name }, get _uid() { return vars.$uuid; }, _successCount: 0 };
            seen = {};
            requests = new Map();
            listeners.clear();
          };

          // MARK: in and out
          const take = ({ set, drop }) => {
            for (const [name, value] of Object.entries(set)) {
              context.vars[name] = value;
              seen[name] = JSON.stringify(value);
            }
            for (const name of drop) {
              delete context.vars[name];
              delete seen[name];
            }
          };
          const give = (result) => {
            const set = {};
            const drop = [];
            for (const name of names) {
              const now = JSON.stringify(context.vars[name]);
              if (now === seen[name]) continue;
              seen[name] = now;
              if (now === undefined) drop.push(name); else set[name] = context.vars[name];
            }
            return JSON.stringify({ ...result, set, drop });
          };
          const failure = (error) => {
            const isObject = error !== null && typeof error === 'object';
            const message = isObject ? String(error.message ?? '') : String(error);
            return { failure: {
              code: isObject && error.code ? String(error.code) : message || 'undefined',
              name: isObject ? String(error.name ?? '') : '',
              message, stack: isObject ? String(error.stack ?? '') : '',
            } };
          };
          const settled = (promise) => promise.then(
            (result) => give(result ?? { ok: true }), (error) => give(failure(error)));
          // Functions that are not written `async` say by `next` when they are done.
          const run = (body, given) => new Promise((done, fail) => {
            if (body.constructor.name === 'Function') {
              body(...given, (error) => error ? fail(error) : done());
            } else {
              Promise.resolve(body(...given)).then(() => done(), fail);
            }
          });
          const sent = (key) => {
            const one = requests.get(key);
            if (one.json) { one.json = fill(one.json); delete one.body; }
            else if (one.body) one.body = fill(one.body);
            for (const name of ['name', 'uri', 'url', 'form', 'qs', 'cookie', 'headers'])
              if (one[name]) one[name] = fill(one[name]);
            let url = String(one.uri || one.url);
            if (url.startsWith('/')) url = (context.vars.target ?? '') + url;
            one.url = url;
            delete one.uri;
            return one;
          };

          begin();
          return {
            begin(input) { begin(input.scenario); return settled(Promise.resolve(take(input))); },
            step(input, bodies) {
              take(input);
              return settled(run(bodies[0], [context, ee]));
            },
            async before(input, bodies) {
              take(input);
              const own = { ...input.request, uuid: crypto.randomUUID() };
              requests.set(input.key, own);
              return settled((async () => {
                for (const body of bodies) await run(body, [own, context, ee]);
                return { ok: true, request: sent(input.key) };
              })());
            },
            after(input, bodies) {
              take(input);
              const own = requests.get(input.key) ?? {};
              requests.delete(input.key);
              return settled((async () => {
                for (const body of bodies) await run(body, [own, input.response, context, ee]);
              })());
            },
            failed(input, bodies) {
              take(input);
              const own = requests.get(input.key) ?? {};
              requests.delete(input.key);
              const error = Object.assign(new Error(input.error.message), { code: input.error.code, name: 'RequestError' });
              return settled((async () => {
                for (const body of bodies) await run(body, [error, own, context, ee]);
              })());
            },
            connect(input, bodies) {
              take(input);
              const own = input.request;
              return settled((async () => {
                for (const body of bodies) await run(body, [own, context]);
                return { ok: true, request: own };
              })());
            },
            holds(input, bodies) {
              take(input);
              let holds = true;
              // What is no function is a variable.
              try { holds = Boolean(bodies.length ? bodies[0](context.vars) : context.vars[input.name]); } catch { /* is true, as an expression that cannot be read */ }
              return settled(Promise.resolve({ ok: true, holds }));
            },
            goesOn(input, bodies) {
              take(input);
              return settled(new Promise((done, fail) => {
                const answer = bodies[0](context, (holds) => done({ ok: true, holds: Boolean(holds) }));
                if (bodies[0].constructor.name !== 'Function')
                  answer.then((holds) => done({ ok: true, holds: Boolean(holds) }), fail);
              }));
            },
          };
        })
        """#
}

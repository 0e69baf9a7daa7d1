extension JslibSource {
    /// formdata: bodies of several parts.
    static let formData = """
        const encode = (text) => {
          const escaped = unescape(encodeURIComponent(text));
          const bytes = new Uint8Array(escaped.length);
          for (let index = 0; index < escaped.length; index++) bytes[index] = escaped.charCodeAt(index);
          return bytes;
        };
        const quoted = (text) => String(text).replace(/"/g, '%22').replace(/\\r/g, '%0D').replace(/\\n/g, '%0A');
        const bytesOf = (data) => {
          if (typeof data === 'string') return encode(data);
          if (data instanceof ArrayBuffer) return new Uint8Array(data);
          if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
          if (Array.isArray(data)) return new Uint8Array(data);
          return encode(String(data));
        };

        export class FormData {
          constructor() {
            this.parts = [];
            let digits = '';
            while (digits.length < 24) digits += Math.floor(Math.random() * 36).toString(36);
            this.boundary = '------------------------' + digits;
          }
          append(name, value, file) {
            if (value !== null && typeof value === 'object' && 'data' in value) {
              this.parts.push({ field: name, file: value, value: undefined });
            } else if (file !== undefined) {
              this.parts.push({ field: name, file: { data: value, filename: file }, value: undefined });
            } else {
              this.parts.push({ field: name, file: undefined, value: value });
            }
          }
          body() {
            const pieces = [];
            for (const part of this.parts) {
              let head = '--' + this.boundary + '\\r\\nContent-Disposition: form-data; name="' + quoted(part.field) + '"';
              if (part.file !== undefined) {
                head += '; filename="' + quoted(part.file.filename ?? 'blob') + '"\\r\\nContent-Type: '
                  + (part.file.content_type ?? 'application/octet-stream');
              }
              pieces.push(encode(head + '\\r\\n\\r\\n'), bytesOf(part.file === undefined ? part.value : part.file.data));
              pieces.push(encode('\\r\\n'));
            }
            pieces.push(encode('--' + this.boundary + '--\\r\\n'));
            const body = new Uint8Array(pieces.reduce((count, piece) => count + piece.length, 0));
            let place = 0;
            for (const piece of pieces) { body.set(piece, place); place += piece.length; }
            return body.buffer;
          }
        }
        """

    /// url: `URL` and `URLSearchParams` of browsers, for addresses with an authority.
    static let url = """
        const decode = (text) => {
          try { return decodeURIComponent(text.replace(/[+]/g, ' ')); } catch { return text; }
        };
        const encode = (text) => encodeURIComponent(text).replace(/%20/g, '+')
          .replace(/[!'()~]/g, (sign) => '%' + sign.charCodeAt(0).toString(16).toUpperCase());

        export class URLSearchParams {
          #pairs = [];
          #changed;
          constructor(init = '', changed = () => {}) {
            if (typeof init === 'string') this.#read(init);
            else if (typeof init[Symbol.iterator] === 'function') for (const [name, value] of init) this.append(name, value);
            else for (const name of Object.keys(init)) this.append(name, init[name]);
            this.#changed = typeof changed === 'function' ? changed : () => {};
          }
          #read(text) {
            for (const part of text.replace(/^[?]/, '').split('&')) {
              if (part === '') continue;
              const place = part.indexOf('=');
              const name = place < 0 ? part : part.substring(0, place);
              this.#pairs.push([decode(name), place < 0 ? '' : decode(part.substring(place + 1))]);
            }
          }
          #note() { if (this.#changed) this.#changed(this.toString()); }
          append(name, value) { this.#pairs.push([String(name), String(value)]); this.#note(); }
          delete(name) { this.#pairs = this.#pairs.filter((pair) => pair[0] !== name); this.#note(); }
          get(name) { const pair = this.#pairs.find((pair) => pair[0] === name); return pair ? pair[1] : null; }
          getAll(name) { return this.#pairs.filter((pair) => pair[0] === name).map((pair) => pair[1]); }
          has(name) { return this.#pairs.some((pair) => pair[0] === name); }
          set(name, value) {
            const first = this.#pairs.find((pair) => pair[0] === name);
            if (first === undefined) return this.append(name, value);
            first[1] = String(value);
            this.#pairs = this.#pairs.filter((pair) => pair === first || pair[0] !== name);
            this.#note();
          }
          sort() { this.#pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0)); this.#note(); }
          forEach(body, self) { for (const [name, value] of this.#pairs) body.call(self, value, name, this); }
          *entries() { yield* this.#pairs.map((pair) => [pair[0], pair[1]]); }
          *keys() { yield* this.#pairs.map((pair) => pair[0]); }
          *values() { yield* this.#pairs.map((pair) => pair[1]); }
          [Symbol.iterator]() { return this.entries(); }
          get size() { return this.#pairs.length; }
          toString() { return this.#pairs.map((pair) => encode(pair[0]) + '=' + encode(pair[1])).join('&'); }
        }

        const ports = { 'http:': '80', 'https:': '443', 'ws:': '80', 'wss:': '443', 'ftp:': '21' };
        const form = /^([a-z][a-z0-9+.-]*:)[/][/](?:([^:@/?#]*)(?::([^@/?#]*))?@)?([^/?#]*?)(?::([0-9]*))?([/][^?#]*)?([?][^#]*)?(#.*)?$/i;
        const escaped = (text) => encodeURI(text).replace(/%25([0-9a-f]{2})/gi, '%$1');
        const plain = (path) => {
          const parts = [];
          const all = path.split('/').slice(1);
          for (const part of all) {
            if (part === '..') parts.pop();
            else if (part !== '.') parts.push(part);
          }
          const last = all[all.length - 1];
          if (last === '.' || last === '..') parts.push('');
          return '/' + parts.join('/');
        };

        export class URL {
          #query;
          constructor(text, base) {
            let parts = form.exec(String(text).trim());
            if (parts === null && base !== undefined) {
              const from = new URL(String(base));
              const reference = String(text).trim();
              const start = from.protocol + (reference.startsWith('//') ? '' : '//' + from.#signIn() + from.host);
              const folder = from.pathname.substring(0, from.pathname.lastIndexOf('/') + 1);
              const rest = reference.startsWith('/') ? reference
                : reference.startsWith('?') ? from.pathname + reference
                : reference.startsWith('#') ? from.pathname + from.search + reference
                : reference === '' ? from.pathname + from.search : folder + reference;
              parts = form.exec(start + rest);
            }
            if (parts === null) throw new TypeError('Invalid URL: ' + text);
            this.protocol = parts[1].toLowerCase();
            this.username = parts[2] ?? '';
            this.password = parts[3] ?? '';
            this.hostname = parts[4].toLowerCase();
            this.port = parts[5] === undefined || parts[5] === ports[this.protocol] ? '' : parts[5];
            this.pathname = plain(escaped(parts[6] ?? '/'));
            this.hash = parts[8] === undefined || parts[8] === '#' ? '' : escaped(parts[8]);
            this.search = parts[7] ?? '';
          }
          #signIn() {
            return this.username === '' ? '' : this.username + (this.password === '' ? '' : ':' + this.password) + '@';
          }
          get search() { return this.#query; }
          set search(text) {
            const query = String(text).replace(/^[?]/, '');
            this.#query = query === '' ? '' : '?' + escaped(query);
            this.searchParams = new URLSearchParams(query, (text) => { this.#query = text === '' ? '' : '?' + text; });
          }
          get host() { return this.hostname + (this.port === '' ? '' : ':' + this.port); }
          get origin() { return this.protocol + '//' + this.host; }
          get href() { return this.toString(); }
          toString() {
            return this.protocol + '//' + this.#signIn() + this.host + this.pathname + this.search + this.hash;
          }
          toJSON() { return this.toString(); }
        }
        """
}

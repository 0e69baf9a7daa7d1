extension JslibSource {
    /// papaparse: tables of texts with a delimiter.
    static let papaparse = """
        const guesses = [',', '\\t', '|', ';', '\\x1e', '\\x1f'];
        const guessed = (text) => {
          const head = text.split(/\\r\\n|\\n|\\r/, 10).filter((line) => line !== '');
          let best = ',';
          let most = 1;
          for (const delimiter of guesses) {
            const counts = head.map((line) => line.split(delimiter).length);
            if (counts.length > 0 && counts[0] > most && counts.every((count) => count === counts[0])) {
              best = delimiter;
              most = counts[0];
            }
          }
          return best;
        };

        function rows(text, delimiter, quote, newline, comments, errors) {
          const found = [];
          let row = [];
          let field = '';
          let place = 0;
          let isStart = true;
          const endRow = () => { row.push(field); field = ''; found.push(row); row = []; isStart = true; };
          while (place < text.length) {
            if (isStart && row.length === 0 && comments && text.startsWith(comments, place)) {
              const end = text.indexOf(newline, place);
              place = end < 0 ? text.length : end + newline.length;
              continue;
            }
            if (isStart && text[place] === quote) {
              for (place++; ; place++) {
                const end = text.indexOf(quote, place);
                if (end < 0) {
                  errors.push({ type: 'Quotes', code: 'MissingQuotes', message: 'Quoted field unterminated',
                    row: found.length, index: place });
                  field += text.substring(place);
                  place = text.length;
                  break;
                }
                field += text.substring(place, end);
                place = end + 1;
                if (text[place] !== quote) break;
                field += quote;
              }
              isStart = false;
            } else if (text.startsWith(delimiter, place)) {
              row.push(field);
              field = '';
              isStart = true;
              place += delimiter.length;
            } else if (text.startsWith(newline, place)) {
              endRow();
              place += newline.length;
            } else {
              field += text[place++];
              isStart = false;
            }
          }
          row.push(field);
          found.push(row);
          return found;
        }

        const typed = (text) => {
          if (text === 'true' || text === 'TRUE') return true;
          if (text === 'false' || text === 'FALSE') return false;
          if (/^\\s*-?([0-9]+[.]?|[0-9]*[.][0-9]+)(e[-+]?[0-9]+)?\\s*$/i.test(text)) {
            const number = parseFloat(text);
            if (Math.abs(number) < 9007199254740992) return number;
          }
          return text === '' ? null : text;
        };

        export function parse(input, options = {}) {
          let text = String(input);
          if (text.charCodeAt(0) === 0xfeff) text = text.substring(1);
          const errors = [];
          const newline = options.newline || (/\\r\\n/.test(text) ? '\\r\\n' : /\\n/.test(text) ? '\\n' : '\\r');
          const comments = options.comments === true ? '#' : options.comments || false;
          const delimiter = options.delimiter || guessed(text);
          let all = rows(text, delimiter, options.quoteChar ?? '"', newline, comments, errors);
          const isEmpty = (row) => (options.skipEmptyLines === 'greedy'
            ? row.join('').trim() === '' : row.length === 1 && row[0] === '');
          if (options.skipEmptyLines) all = all.filter((row) => !isEmpty(row));
          const convert = (value, field) => {
            if (options.transform) value = options.transform(value, field);
            const typing = typeof options.dynamicTyping === 'function' ? options.dynamicTyping(field)
              : typeof options.dynamicTyping === 'object' ? options.dynamicTyping[field] : options.dynamicTyping;
            return typing && typeof value === 'string' ? typed(value) : value;
          };
          let fields;
          let data;
          if (options.header) {
            fields = (all.shift() ?? []).map((name, index) =>
              (options.transformHeader ? options.transformHeader(name, index) : name));
            data = all.map((row, number) => {
              const entry = {};
              row.forEach((value, index) => {
                if (index >= fields.length) (entry.__parsed_extra ??= []).push(convert(value, '__parsed_extra'));
                else entry[fields[index]] = convert(value, fields[index]);
              });
              if (row.length !== fields.length) {
                const more = row.length > fields.length;
                errors.push({ type: 'FieldMismatch', code: more ? 'TooManyFields' : 'TooFewFields', row: number,
                  message: (more ? 'Too many' : 'Too few') + ' fields: expected ' + fields.length
                    + ' fields but parsed ' + row.length });
              }
              return entry;
            });
          } else {
            data = all.map((row) => row.map((value, index) => convert(value, index)));
          }
          const isCut = options.preview > 0 && data.length > options.preview;
          if (isCut) data = data.slice(0, options.preview);
          const meta = { delimiter, linebreak: newline, aborted: false, truncated: isCut, cursor: text.length };
          if (fields) meta.fields = fields;
          const result = { data, errors, meta };
          if (typeof options.step === 'function') {
            for (const row of data) options.step({ data: row, errors: [], meta });
          }
          if (typeof options.complete === 'function') options.complete(result);
          return result;
        }

        export function unparse(input, options = {}) {
          const delimiter = options.delimiter ?? ',';
          const newline = options.newline ?? '\\r\\n';
          const quote = options.quoteChar ?? '"';
          let data = typeof input === 'string' ? JSON.parse(input) : input;
          let fields = null;
          if (!Array.isArray(data)) { fields = data.fields ?? null; data = data.data ?? []; }
          if (fields === null && data.length > 0 && !Array.isArray(data[0])) fields = options.columns ?? Object.keys(data[0]);
          const cell = (value) => {
            if (value === null || value === undefined) return '';
            const text = value instanceof Date ? value.toISOString() : String(value);
            const isQuoted = options.quotes === true || text.includes(quote) || text.includes(delimiter)
              || /[\\r\\n]/.test(text) || text.startsWith(' ') || text.endsWith(' ') || text.startsWith('\\ufeff');
            return isQuoted ? quote + text.split(quote).join(quote + quote) + quote : text;
          };
          const lines = data.map((row) =>
            (Array.isArray(row) ? row : fields.map((field) => row[field])).map(cell).join(delimiter));
          if (fields !== null && options.header !== false) lines.unshift(fields.map(cell).join(delimiter));
          return lines.join(newline);
        }

        export default { parse, unparse };
        """
}

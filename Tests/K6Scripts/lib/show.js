// Prints a value so that its kind is seen: a text is not a number, undefined is not null.
export function show(name, value) {
  console.log(`${name}: ${shown(value)}`);
}

export function shown(value) {
  if (value === undefined) return 'undefined';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (value instanceof ArrayBuffer) return `buffer[${Array.from(new Uint8Array(value)).join(',')}]`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}[${Array.from(value).join(',')}]`;
  return JSON.stringify(value, sorted);
}

// What a function throws, its name and first line; or what it gives back.
export function attempt(name, action) {
  try {
    show(name, action());
  } catch (error) {
    console.log(`${name} threw: ${String(error).split('\n')[0]}`);
  }
}

// Whether a function throws; for where the words are the program's own.
export function throwsAny(name, action) {
  let threw = false;
  try {
    action();
  } catch (error) {
    threw = true;
  }
  console.log(`${name} throws: ${threw}`);
}

// Members in one order: the server's objects come in any.
function sorted(key, value) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, value[name]]));
}

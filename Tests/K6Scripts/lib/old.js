// A module of the older kind.
module.exports = { answer: 42, twice: (n) => 2 * n };

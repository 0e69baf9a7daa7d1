import AssayCore
import AssayFormats
import Testing

@testable import AssayScript

@Suite(.enabled(if: ScriptEngine.isPresent, "scripts/setup --only k6 makes the engine"))
struct JslibTests {
    /// A library, an expression over its exports `l`, and what that is worth.
    static let expressions: [(String, String, JSON)] = [
        ("k6-utils/1.4.0/index.js", "[0, 1, 2].every(() => [3, 4].includes(l.randomIntBetween(3, 4)))", true),
        ("k6-utils/1.4.0/index.js", "l.randomItem(['a'])", "a"),
        ("k6-utils/1.4.0/index.js", "l.randomString(4, 'x')", "xxxx"),
        (
            "k6-utils/1.4.0/index.js",
            "/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(l.uuidv4())", true
        ),
        ("k6-utils/1.4.0/index.js", "l.uuidv4(true).length", 36),
        ("k6-utils/1.4.0/index.js", "l.findBetween('a<b>c<d>', '<', '>')", "b"),
        ("k6-utils/1.4.0/index.js", "l.findBetween('a<b>c<d>', '<', '>', true)", ["b", "d"]),
        ("k6-utils/1.4.0/index.js", "l.findBetween('a', '<', '>')", nil),
        ("k6-utils/1.4.0/index.js", "l.parseDuration('1m30s')", 90000),
        ("k6-utils/1.4.0/index.js", "l.normalDistributionStages(10, 60).length", 12),
        (
            "k6-summary/0.1.0/index.js",
            "l.textSummary({ metrics: {} }, { indent: '  ', enableColors: false })",
            #"  summary of {"metrics":{}}"#
        ),
        (
            "k6-summary/0.1.0/index.js",
            "l.jUnit({ metrics: { m: { thresholds: { 'p(95)<1': { ok: false }, 'avg<2': { ok: true } } } } }).includes('failures=\"1\"')",
            true
        ),
        (
            "formdata/0.0.2/index.js",
            "(() => { const f = new l.FormData(); f.append('a', 'x'); f.append('f', { data: 'y', filename: 'n.txt', content_type: 'text/plain' });"
                + " f.boundary = 'B'; return String.fromCharCode(...new Uint8Array(f.body())); })()",
            "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"n.txt\"\r\nContent-Type: text/plain\r\n\r\ny\r\n--B--\r\n"
        ),
        (
            "url/1.0.0/index.js",
            "(() => { const u = new l.URL('https://u:p@Host:8443/a/../b c?x=1#h'); u.searchParams.append('y', 'a b'); return u.toString(); })()",
            "https://u:p@host:8443/b%20c?x=1&y=a+b#h"
        ),
        ("url/1.0.0/index.js", "new l.URL('../z?q=1', 'http://h/a/b/c').href", "http://h/a/z?q=1"),
        ("url/1.0.0/index.js", "new l.URL('http://h:80').origin", "http://h"),
        ("url/1.0.0/index.js", "new l.URL('nope')", "TypeError: Invalid URL: nope"),
        (
            "url/1.0.0/index.js", "[...new l.URLSearchParams('a=1&b=%20&a=2')]",
            [["a", "1"], ["b", " "], ["a", "2"]]
        ),
        (
            "papaparse/5.1.1/index.js",
            "l.default.parse('a,b\\n1,\"x, \"\"y\"\"\"\\n', { header: true, skipEmptyLines: true, dynamicTyping: true }).data",
            [["a": 1, "b": "x, \"y\""]]
        ),
        ("papaparse/5.1.1/index.js", "l.default.parse('a;b\\r\\n1;2').data", [["a", "b"], ["1", "2"]]),
        ("papaparse/5.1.1/index.js", "l.default.unparse([{ a: 1, b: 'x,y' }])", "a,b\r\n1,\"x,y\""),
        ("functional/0.0.3/index.js", "l.describe('g', () => { throw 1; })", false),
        ("httpx/0.1.0/index.js", "typeof new l.Httpx({ baseURL: 'http://h' }).asyncGet", "function"),
        (
            "k6chaijs/4.3.4.3/index.js",
            "l.describe('t', () => { l.expect(5, 'five').to.equal(5); l.expect([1, 2]).to.include(1); l.expect({ a: { b: [1] } }).to.have.nested.property('a.b[0]', 1);"
                + " l.expect('x').to.be.a('string').and.to.match(/x/); l.expect([1]).to.have.lengthOf(1); l.expect([]).to.be.empty; l.expect(3).to.be.within(1, 4); l.expect({ a: 1 }).to.deep.equal({ a: 1 }); l.expect(() => { throw new Error('q'); }).to.throw('q'); l.expect([1, 2]).to.include.members([2]); l.expect('abc').to.have.length.above(2); })",
            true
        ),
        ("k6chaijs/4.3.4.3/index.js", "l.describe('t', () => { l.expect(5).to.not.equal(5); })", false),
    ]

    @Test("Assay's own versions of libraries do what those do", arguments: expressions)
    func works(_ name: String, _ expression: String, _ expected: JSON) async throws {
        let script = try K6Script(
            """
            import * as l from 'https://jslib.k6.io/\(name)';
            const told = (body) => { try { return body(); } catch (e) { return String(e); } };
            export default () => told(() => (\(expression)));
            """)
        #expect(try await script.call() == expected)
    }

    @Test("Every expectation of k6chaijs is a check by its own words")
    func expectations() async throws {
        let script = try K6Script(
            """
            import { describe, expect } from 'https://jslib.k6.io/k6chaijs/4.3.4.3/index.js';
            export default () => describe('page', () => {
              expect(200, 'status').to.equal(200);
              expect('x').to.be.a('number');
              expect(1).to.equal(1);
            });
            """)
        #expect(try await script.call() == false)
        #expect(
            script.host.checks == [
                "::page::expected status to equal 200 pass", "::page::expected 'x' to be a number fail",
            ])
    }

    /// An import, and what is said of it.
    static let refused: [(name: String, code: DiagnosticCode, message: String, fix: String?)] = [
        (
            "k6/browser", "AS655", "the module 'k6/browser' is not supported: Assay drives no browser",
            "ask for the pages and their requests with k6/http"
        ),
        (
            "k6/x/sql", "AS655",
            "the module 'k6/x/sql' is not supported: it is an extension, which only a k6 built with it has",
            nil
        ),
        ("k6/net/grpc", "AS655", "the module 'k6/net/grpc' is not supported: Assay has no gRPC", nil),
        ("k6/htpp", "AS656", "k6 has no module 'k6/htpp'", "did you mean 'k6/http'?"),
        (
            "https://example.com/lib.js", "AS657",
            "the module 'https://example.com/lib.js' cannot be read: nothing is fetched while a script is read, and it is "
                + "not in the folder of modules",
            "put it there once: curl -fL --create-dirs -o '~/.cache/assay/modules/example.com/lib.js' "
                + "'https://example.com/lib.js'"
        ),
        (
            "https://jslib.k6.io/ajv/6.12.5/index.js", "AS657",
            "the module 'https://jslib.k6.io/ajv/6.12.5/index.js' cannot be read: nothing is fetched while a script is "
                + "read, and it is not in the folder of modules; Assay's own of jslib are formdata, functional, httpx, "
                + "k6-summary, k6-utils, k6chaijs, papaparse, url",
            "put it there once: curl -fL --create-dirs -o '~/.cache/assay/modules/jslib.k6.io/ajv/6.12.5/index.js' "
                + "'https://jslib.k6.io/ajv/6.12.5/index.js'"
        ),
        (
            "./nope.js", "AS601",
            "the module '/t/nope.js' cannot be read: open /t/nope.js: ENOENT (No such file or directory)", nil
        ),
    ]

    @Test("What Assay has not is refused by name, at the line of the import", arguments: refused)
    func refuses(_ name: String, _ code: DiagnosticCode, _ message: String, _ fix: String?) {
        let line = "import x from '\(name)';"
        #expect(
            throws: Diagnostic(
                code, message,
                at: SourceLocation(file: "/t/main.js", line: 3, column: 15, length: name.utf8.count + 2),
                line: line,
                fix: fix)
        ) {
            _ = try K6Script("\n\n\(line)\nexport default () => x;")
        }
    }

    @Test("A module from elsewhere is taken from its folder")
    func cached() async throws {
        let script = try K6Script(
            "import { a } from 'https://example.com/lib/x.js'; export default () => a;",
            files: [
                "https://example.com/lib/x.js": "export { a } from './y.js';",
                "https://example.com/lib/y.js": "export const a = 5;",
            ])
        #expect(try await script.call() == 5)
    }
}

/// A parser to be fuzzed.
public struct FuzzEntry: Sendable {
    /// As on the command line, and the folder of its corpus below `Fuzz/Corpus`.
    public let name: String
    /// Reads any bytes; stops the process when what it must hold does not hold.
    public let run: @Sendable ([UInt8]) -> Void
    /// Pieces of its language, which mutation puts in.
    public let words: [String]

    init(_ name: String, _ run: @escaping @Sendable ([UInt8]) -> Void, words: [String] = []) {
        self.name = name
        self.run = run
        self.words = words
    }
}

/// Every entry: a new one is a function in a file of its own and a line here.
public let fuzzEntries: [FuzzEntry] = [
    FuzzEntry(
        "http1-response", fuzzHTTP1Response, words: httpWords + ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 100 \r\n"]),
    FuzzEntry(
        "http1-request", fuzzHTTP1Request, words: httpWords + ["GET / HTTP/1.1\r\nHost: a\r\n", "OPTIONS *"]),
    FuzzEntry(
        "http2", fuzzHTTP2,
        words: [
            "\u{0}\u{0}\u{0}\u{4}\u{0}\u{0}\u{0}\u{0}\u{0}",
            "\u{0}\u{0}\u{1}\u{1}\u{5}\u{0}\u{0}\u{0}\u{1}",
            "\u{0}\u{0}\u{1}\u{1}\u{4}\u{0}\u{0}\u{0}\u{3}",
            "\u{0}\u{0}\u{2}\u{0}\u{1}\u{0}\u{0}\u{0}\u{1}", "\u{0}\u{0}\u{4}\u{3}\u{0}\u{0}\u{0}\u{0}\u{5}",
            "\u{0}\u{0}\u{8}\u{7}\u{0}\u{0}\u{0}\u{0}\u{0}", "\u{0}\u{0}\u{1}\u{9}\u{4}\u{0}\u{0}\u{0}\u{1}",
            "\u{0}\u{7}:status\u{3}200", "\u{0}\u{1}a\u{1}b", "content-length", "\u{7F}",
        ]),
    FuzzEntry(
        "html", fuzzHTML,
        words: [
            "<p>", "</p>", "<table>", "<tr>", "<td>", "</table>", "<b>", "</b>", "<a href=x>", "</a>",
            "<div>", "</div>",
            "<select>", "<option>", "<svg>", "<script>", "</script>", "<template>", "</template>", "<li>",
            "<form>",
            "<!--", "-->", "<!doctype html>", "&amp;", "&#x41;", "<body>", "</body>", "</html>", "<head>",
            "<title>",
        ]),
    FuzzEntry(
        "selector", fuzzSelector,
        words: [
            "\n", " > ", " ~ ", " + ", ":not(", ":has(", ":nth-child(", "2n+1", ")", "[a=", "]", "*", "#a",
            ".b", ",",
            ":contains(", ":empty", ":checked", "<p>", "<div class=b>", "\\",
        ]),
    FuzzEntry(
        "typescript", fuzzTypeScript,
        words: [
            ": T", " as T", "<T>", "!", "?", "=>", "(", ")", "{", "}", "[", "]", "type A = ", "interface A {",
            "enum E {",
            "namespace N {", "export ", "import ", "declare ", "class A {", "`${", "`", "/", "async ", "\n",
            "abstract ",
        ]),
    FuzzEntry("content", fuzzContent, words: ["\u{1F}", "\u{8}"]),
    FuzzEntry(
        "url", fuzzURL,
        words: ["http://", "https://", "://", "[::1]", "%", "%41", "@", ":", "?", "#", "..", "é"]),
    FuzzEntry(
        "web-fields", fuzzWebFields,
        words: [
            "a=b", "; Domain=a.example", "; Path=/", "; Secure", "; Max-Age=10", "__Host-",
            "; Expires=Wed, 09 Jun 2027 10:18:14 GMT", "Digest realm=\"a\"", ", nonce=b", "Basic ", "../",
            "/./",
            "//", "http://", "?", "#",
        ]),
    FuzzEntry(
        "resp", fuzzRESP,
        words: [
            "\r\n", "*2\r\n", "$3\r\n", "$-1\r\n", "*-1\r\n", "%1\r\n", "~1\r\n", ">1\r\n", "|1\r\n",
            "+OK\r\n",
            "-ERR x\r\n", ":1\r\n", "_\r\n", "#t\r\n", ",1.5e3\r\n", ",nan\r\n", "(12\r\n", "!3\r\n",
            "=7\r\ntxt:",
        ]),
    FuzzEntry(
        "audiosocket", fuzzAudioSocket,
        words: [
            "\u{0}\u{0}\u{0}", "\u{1}\u{0}\u{10}", "\u{3}\u{0}\u{1}1", "\u{10}\u{1}\u{40}",
            "\u{10}\u{0}\u{0}",
            "\u{12}\u{2}\u{0}", "\u{18}\u{0}\u{2}", "\u{10}\u{0}\u{2}ab",
        ]),
    FuzzEntry(
        "sse", fuzzSSE,
        words: [
            "data: ", "data\n", "event: ", "id: ", "id\n", "retry: 10\n", ":", "\n\n", "\r\r", "\r\n\r\n",
            "\u{FEFF}",
            "\u{0}", "é",
        ]),
    FuzzEntry(
        "websocket", fuzzWebSocket,
        words: [
            "\u{1}\u{2}", "\u{0}", "\u{7E}\u{0}\u{7E}", "\u{7F}\u{0}\u{0}\u{0}\u{0}\u{0}\u{1}\u{0}\u{0}",
            "\u{9}\u{0}", "é",
        ]),
    FuzzEntry("json", fuzzJSON, words: jsonWords),
    FuzzEntry(
        "jsonpath", fuzzJSONPath,
        words: jsonWords + ["$", "..", "[*]", "[?", "@.", "==", "length(", "match(", "'a'"]),
    FuzzEntry("jsonschema", fuzzJSONSchema, words: jsonWords + schemaWords),
    FuzzEntry(
        "format", fuzzFormat,
        words: [
            "2024-", ":60", "T", "Z", "+00:00", "P", "xn--", "@", "[", "::", ".", "%41", "{", "}", "/", "~0",
            "#",
            "\\u{", "(?<", "\u{200D}", "\u{5D0}", "\u{660}", "\u{3002}",
        ]),
    FuzzEntry(
        "yaml", fuzzYAML,
        words: jsonWords + ["- ", ": ", "\n  ", "&a ", "*a", "|\n", ">-\n", "<<: ", "!!str ", "# "]),
    FuzzEntry(
        "template", fuzzTemplate,
        words: ["${", "}", "$${", "a.b", "[0]", "??", "uuid()", "'x'", "+", "==", "("]),
    FuzzEntry(
        "har", fuzzHAR,
        words: jsonWords + [
            "\"log\"", "\"entries\"", "\"request\"", "\"url\": \"http://a/\"", "\"postData\"", "\"headers\"",
            "{\"name\": ",
            "\"value\": ", "\"response\"", "\"status\": 200", "\"text\"", "${", "{{",
        ]),
    FuzzEntry(
        "postman", fuzzPostman,
        words: jsonWords + [
            "\"info\"", "\"item\"", "\"request\"", "\"url\"", "\"raw\"", "\"body\"", "\"mode\"", "\"auth\"",
            "\"event\"",
            "\"script\"", "\"exec\"", "{{", "}}", "${", "\"variable\"", "\"key\"",
        ]),
    FuzzEntry(
        "script", fuzzScript,
        words: [
            "pm.test('a', () => {", "pm.expect(", ").to.", "be.", "pm.response", ".json()", "=>",
            "function (", "{", "}", "(", ")",
            "[", "]", "`${", "/x/", "//", "/*", "const a = ", "if (", "pm.environment.set('a', ", "\n", "?.",
            "!",
        ]),
    FuzzEntry(
        "compose", fuzzCompose,
        words: [
            "services:\n  a:\n    ", "image: postgres\n    ", "build: .\n    ", "environment: [", "DB_HOST=",
            "ports: ['",
            "80:8080", "command: ", "healthcheck: {test: ", "depends_on: [a]", "${A:-", "}", "$$", "${",
            "postgres://a:b@a:1/",
            "http://a:80/", "host=a port=1", "volumes: [./x:/y]", "'", "\"", "\\", "\n", "# x",
        ]),
    FuzzEntry(
        "wav", fuzzWAV,
        words: [
            "RIFF", "WAVE", "fmt ", "data", "LIST", "fact", "\u{1}\u{0}", "\u{2}\u{0}", "\u{8}\u{0}",
            "\u{10}\u{0}",
        ]),
    FuzzEntry("speech-bounds", fuzzSpeechBounds, words: jsonWords + ["start-ms", "end-ms", "transcript"]),
    FuzzEntry("xml", fuzzXML, words: xmlWords),
    FuzzEntry(
        "glob", fuzzGlob,
        words: ["**/", "*", "?", "[!a-z]", "[", "]", "{a,b}", "{", ",", "}", "\\", "/", "\n", "!"]),
    FuzzEntry(
        "junit", fuzzJUnit,
        words: xmlWords + [
            "<testsuite>", "<testcase name='a' time='1'>", "</testcase>", "<failure/>", "<skipped/>",
        ]),
    FuzzEntry(
        "coverage", fuzzCoverage,
        words: jsonWords + xmlWords + [
            "mode: set\n", "a.go:1.1,2.2 1 1\n", "SF:a\n", "DA:1,0\n", "end_of_record\n",
            "<line number='1' hits='0'/>",
            "<class filename='a'>", "\"segments\"", "[1,1,1,true,true,false]",
        ]),
]

private let schemaWords =
    [
        "type", "enum", "const", "properties", "required", "additionalProperties", "items", "prefixItems",
        "contains", "anyOf", "oneOf", "allOf", "not", "if", "then", "else", "$ref", "$defs", "$id", "$anchor",
        "$dynamicRef", "$dynamicAnchor", "unevaluatedProperties", "unevaluatedItems", "pattern", "format",
        "uniqueItems", "minimum", "multipleOf", "dependentSchemas", "readOnly", "$schema", "openapi",
    ].map { "\"\($0)\":" } + ["\"#\"", "\"#/$defs/a\"", "\"string\"", "\"object\"", "1e400", "\n"]

private let xmlWords = [
    "<a>", "</a>", "<a b='c'/>", "<!--", "-->", "<![CDATA[", "]]>", "<?a b?>", "<!DOCTYPE a [",
    "<!ENTITY b 'c'>", "&b;",
    "&#1;", "&lt;", "<?xml version='1.0' encoding='UTF-16'?>", "é",
]

private let jsonWords = [
    "{", "}", "[", "]", "\"", "\\u", "\\ud83d", "null", "true", "1e9", "-0", ",", ":", "é",
]

private let httpWords = [
    "\r\n", "\r\n\r\n", "\n", "\r", " ", "\t", ":", ": ", ";", ",", "0\r\n\r\n", "1\r\na\r\n",
    "Content-Length: ",
    "Transfer-Encoding: chunked\r\n", "Connection: close\r\n", "Connection: keep-alive\r\n", "Host: a\r\n",
    "Expect: 100-continue\r\n", "HTTP/1.0", "HTTP/1.1", "ffffffff", "18446744073709551616", "\u{0}", "\u{7F}",
]

import AssayCore
import AssayFormats
import Testing

/// Random numbers that can be foretold.
private struct Counting: RandomNumberGenerator {
    var state: UInt64 = 7
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state
    }
}

private let place = SourceLocation(file: "f.yml", line: 3, column: 10)

private let names: JSON = [
    "n": 4, "s": "text", "empty": "", "list": [1, 2, 3], "env": ["HOME": "/root"],
    "order": ["total": 12.5, "items": [["id": "a-1", "x-tag": "t"]]],
]

private func scope() -> TemplateScope<Counting> {
    TemplateScope(
        names: names.objectValue ?? JSONObject(),
        environment: TemplateEnvironment(
            nowMilliseconds: { 1_769_851_800_250 },
            // Not the real functions: what is tested is how they are called.
            sha256: { [UInt8(truncatingIfNeeded: $0.count), 0xAB] },
            hmacSHA256: { [UInt8(truncatingIfNeeded: $0.count), UInt8(truncatingIfNeeded: $1.count)] },
            readFile: { (path) throws(TemplateError) in
                switch path {
                case "a.json": return Array(#"{"k": [1]}"#.utf8)
                case "a.txt": return Array("hello".utf8)
                case "bad.json": return Array("{".utf8)
                default: throw TemplateError("AS059", "file('\(path)') is not there")
                }
            }),
        random: Counting())
}

private func value(_ text: String) throws -> JSON {
    var scope = scope()
    return try Template(parsing: text, at: place).render(in: &scope)
}

@Suite("Templates")
struct TemplateTests {
    @Test(
        "Templates have the values that their grammar says",
        arguments: [
            ("plain", JSON.string("plain")), ("", ""), ("$5 {x}", "$5 {x}"), ("$${n} ${n}", "${n} 4"),
            ("${n}", 4), ("${ n }", 4), ("n=${n}", "n=4"), ("${n}${s}", "4text"), ("${list}", [1, 2, 3]),
            ("l=${list}", "l=[1,2,3]"), ("${order.items[0].id}", "a-1"), ("${order['total']}", 12.5),
            ("${list[-1]}", 3), ("${list[n - 3]}", 2), ("${order.items[0].x-tag}", "t"),
            ("${1 + 2 * 3}", 7), ("${(1 + 2) * 3}", 9), ("${7 / 2}", 3.5), ("${8 / 2}", 4), ("${-7 % 3}", -1),
            ("${10 - 2 - 3}", 5), ("${1.5e2}", 150.0), ("${-n}", -4), ("${!n}", false), ("${!!s}", true),
            ("${s + n}", "text4"), ("${list + [4]}", [1, 2, 3, 4]), ("${1 == 1.0}", true),
            ("${'a' < 'b' && 2 >= 2}", true), ("${empty || 'none'}", "none"), ("${env.NOPE || 8080}", 8080),
            ("${order.items[9].id || 0}", 0), ("${false && nope}", false), ("${null}", .null),
            ("${'it\\'s' + \"\\n\\u00e9\"}", "it's\né"), ("${'}'}", "}"),
            ("${{a: 1, 'b c': [true,], d: {}}}", ["a": 1, "b c": [true], "d": [:]]),
            ("${9223372036854775807 + 1}", 9_223_372_036_854_775_808.0),
        ] as [(String, JSON)])
    func values(text: String, expected: JSON) throws {
        #expect(try value(text) == expected)
    }

    @Test(
        "Functions have the values that their table says",
        arguments: [
            ("${base64('hi?>')}", JSON.string("aGk/Pg==")), ("${base64url('hi?>')}", "aGk_Pg"),
            ("${base64.decode('aGk_Pg')}", "hi?>"), ("${upper(s)}", "TEXT"), ("${lower('ÄB')}", "äb"),
            ("${trim('  a b ')}", "a b"), ("${length('né')}", 2), ("${length(list)}", 3),
            ("${join(list)}", "1,2,3"), ("${join(list, '-')}", "1-2-3"),
            ("${split('a,,b', ',')}", ["a", "", "b"]),
            ("${number(' 12 ')}", 12), ("${number('1.5')}", 1.5), ("${text(12)}", "12"), ("${round(2.5)}", 3),
            ("${round(-2.345, 2)}", -2.35), ("${json({a: [s]})}", #"{"a":["text"]}"#),
            ("${now()}", "2026-01-31T09:30:00.250Z"), ("${now('+1h')}", "2026-01-31T10:30:00.250Z"),
            ("${now.unix('-30m')}", 1_769_850_000), ("${now.ms()}", 1_769_851_800_250),
            ("${now.date('+1d')}", "2026-02-01"), ("${sha256('abc')}", "03ab"),
            ("${hmac.sha256('key!', 'abc')}", "0403"), ("${file('a.json').k[0]}", 1),
            ("${file('a.txt')}", "hello"),
            ("${jwt({sub: s}, 'key')}", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ0ZXh0In0.Azg"),
            ("${jwt({}, 'k', {alg: 'none'})}", "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.e30."),
        ] as [(String, JSON)])
    func functions(text: String, expected: JSON) throws {
        #expect(try value(text) == expected)
    }

    @Test("Random values follow the stream that is passed in and stay in their bounds")
    func random() throws {
        var (first, second) = (scope(), scope())
        let template = try Template(
            parsing: "${uuid()} ${random.int(1, 3)} ${random.of(list)} ${random.string(5)}", at: place)
        let text = try template.text(in: &first)
        #expect(try text == template.text(in: &second))
        #expect(try text != template.text(in: &first))
        let words = text.split(separator: " ")
        let isUUID = try Regex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
        #expect(try isUUID.wholeMatch(in: words[0]) != nil)
        #expect(["1", "2", "3"].contains(words[1]) && ["1", "2", "3"].contains(words[2]))
        #expect(words[3].count == 5)
    }

    @Test(
        "Each fault in a template has its code, its column and its length",
        arguments: [
            ("a ${n", "AS050 12+2"), ("${f(", "AS053 12+1"), ("${'a}", "AS050 12+1"), ("${}", "AS051 10+3"),
            ("${n n}", "AS051 14+1"), ("${n = 1}", "AS052 14+1"), ("${n === 1}", "AS052 14+1"),
            ("${n and s}", "AS052 14+3"), ("${n & s}", "AS052 14+1"), ("${n ? 1 : 2}", "AS052 14+1"),
            ("${uuuid()}", "AS053 12+5"), ("${order.length()}", "AS053 12+12"), ("${uuid(1)}", "AS054 12+7"),
            ("${random.int(1)}", "AS054 12+13"), ("${n.}", "AS051 14+1"), ("${n[1}", "AS051 15+1"),
            ("${[1, 2}", "AS051 17+1"), ("${{a 1}}", "AS051 15+1"), ("${1 < 2 < 3}", "AS051 18+1"),
            ("${12abc}", "AS051 12+5"), ("${'\\q'}", "AS051 13+2"), ("${list[0](1)}", "AS051 19+1"),
            ("${" + String(repeating: "(", count: 60) + "}", "AS055 62+1"),
            ("${" + String(repeating: "!", count: 60) + "n}", "AS055 62+1"),
            ("${1" + String(repeating: "+1", count: 600) + "}", "AS055 512+1"),
        ])
    func faults(text: String, expected: String) {
        let error = #expect(throws: Diagnostic.self) { try Template(parsing: text, at: place) }
        let found = error?.location
        #expect("\(error?.code.description ?? "") \(found?.column ?? 0)+\(found?.length ?? 0)" == expected)
    }

    @Test(
        "What has no value says which path, and what was there",
        arguments: [
            ("${order.id}", "${order.id}: 'order' has no member 'id'; it has: total, items"),
            ("${nope}", "${nope}: nothing sets 'nope'"),
            ("${list[9]}", "${list[9]}: 'list' has 3 elements, none at [9]"),
            ("${s.x}", "${s.x}: 's' is a text and has no member 'x'"),
            ("${env.X}", "${env.X}: the environment variable X is not set"),
            ("${list * 2}", "${list * 2}: `*` does not fit a list and the number 2"),
            ("${1 / 0}", "${1 / 0}: division by zero"),
            ("${upper(list)}", "upper() needs a text, found a list"),
            ("${random.int(5, 1)}", "random.int(): 5 is more than 1"),
            ("${random.of([])}", "random.of(): the list is empty"),
            ("${base64.decode('*')}", "base64.decode() needs Base64, found the text '*'"),
            ("${now('1 hour')}", "now() needs an offset like '+1h' or '-30m', found the text '1 hour'"),
            ("${jwt(1, 'k')}", "jwt() needs an object as first argument, found the number 1"),
            ("${file('b.txt')}", "file('b.txt') is not there"),
        ])
    func missing(text: String, expected: String) {
        let error = #expect(throws: TemplateError.self) { try value(text) }
        #expect(error?.message == expected)
    }

    @Test("Names of a text of several lines stand on their lines")
    func lines() throws {
        let template = try Template(parsing: "a\nbb ${n}\n${s}", at: place)
        let places = template.freeNames.map { "\($0.name) \($0.location.line):\($0.location.column)" }
        #expect(places == ["n 4:6", "s 5:3"])
    }

    @Test(
        "Folding fills in what is known and keeps what is not",
        arguments: [
            ("${api.url}/x", "http://h/x"), ("${api.url}/${id}", "http://h/|id"),
            ("${upper('a') + n}", "upper('a')|"),
            ("${true && id}", "id"), ("${false || 1 + 1}", "2"), ("${api.port}", "api.port"),
            ("${uuid()}", "uuid()"), ("${[1, {a: 2 * 3}]}", #"[1,{"a":6}]"#),
        ])
    func folding(text: String, expected: String) throws {
        let folded = try Template(parsing: text, at: place).folded { $0 == "api" ? ["url": "http://h"] : nil }
        let parts = folded.segments.map { segment in
            switch segment {
            case .text(let text): text
            case .expression(let expression): expression.description
            }
        }
        #expect(parts.joined(separator: "|") == expected.replacing("upper('a')|", with: "'A' + n"))
    }

    @Test("An expression is told as a person would write it")
    func description() throws {
        let text = "!(a + b) * c[0].d - f == 'it\\'s' && length([1, {k: -x}]) > 2"
        let expression = try Expression(parsing: text, at: place)
        #expect(expression.description == text)
        #expect(expression.freeNames.map(\.name) == ["a", "b", "c", "f", "x"])
    }

    @Test("Every function of the table can be called with the fewest arguments it takes")
    func table() throws {
        for function in TemplateFunction.all {
            let arguments = Array(repeating: "1", count: function.parameterCount.lowerBound).joined(
                separator: ", ")
            do throws(TemplateError) {
                var scope = scope()
                let name = function.name
                _ = try scope.call(name, Array(repeating: 1, count: function.parameterCount.lowerBound))
            } catch {
                #expect(!error.message.contains("no such function"), "\(function.name)(\(arguments))")
            }
            #expect(throws: Never.self) {
                try Template(parsing: "${\(function.name)(\(arguments))}", at: place)
            }
        }
    }

    @Test(
        "Dates are right around leap days and before 1970",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z"), (-1, "1969-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func dates(milliseconds: Int64, expected: String) {
        #expect(CivilTime(milliseconds: milliseconds).text == expected)
    }

    @Test("Base64 goes there and back for every length, and refuses what is none")
    func base64() {
        for length in 0...40 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37 + length) }
            #expect(Base64.decode(Base64.standard.encode(bytes)) == bytes)
            #expect(Base64.decode(Base64.url.encode(bytes)) == bytes)
        }
        for text in ["A", "AA=", "A===", "A A=", "=", "AAAAA"] { #expect(Base64.decode(text) == nil) }
    }
}

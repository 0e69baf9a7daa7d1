import AssayCore
import AssayFormats
import Testing

@Suite("Decoding YAML")
struct YAMLReadingTests {
    private enum Pick: String, CaseIterable { case inOrder = "in-order", random }

    /// What reading `a: <text>` gives as diagnostics, rendered.
    private func errors(_ text: String, _ read: (YAMLReading, YAMLNode) -> Void) throws -> String {
        let bag = DiagnosticBag()
        let reading = try #require(YAMLReading(parsing: Array(text.utf8), file: "f.yml", bag: bag))
        read(reading, reading.root)
        return bag.all.map { $0.rendered() }.joined(separator: "\n")
    }

    @Test("All errors of a file come at once, sorted by place")
    func allAtOnce() throws {
        let text = "ulr: x\ntimes: many\nwithin: 200\npick: radom\nport: 99999\nport: 1\n"
        let found = try errors(text) { reading, root in
            let _: Int? = reading.mapping(root, "step") { fields in
                let _: Pick? = fields.required("pick") { reading.enumeration($0) }
                _ = fields.required("url", reading.template)
                _ = fields.optional("within", reading.duration)
                _ = fields.optional("port") { reading.int($0, in: 1...65535) }
                return fields.required("times", reading.int)
            }
        }
        #expect(
            found == """
                error[AS010]: 'ulr' is not known in a step
                  f.yml:1:1   ulr: x
                              ^^^
                  fix: did you mean 'url'?
                error[AS012]: expected a whole number, found the text 'many'
                  f.yml:2:8   times: many
                                     ^^^^
                error[AS015]: a duration needs a unit, found the number 200
                  f.yml:3:9   within: 200
                                      ^^^
                  fix: write `200ms` or `200s`
                error[AS013]: expected `in-order` or `random`, found 'radom'
                  f.yml:4:7   pick: radom
                                    ^^^^^
                  fix: did you mean `random`?
                error[AS014]: expected a number from 1 to 65535, found 99999
                  f.yml:5:7   port: 99999
                                    ^^^^^
                error[AS005]: key 'port' is written twice in one mapping: on line 5 and line 6
                  f.yml:6:1   port: 1
                              ^^^^
                  fix: remove one of the two, or give it another name
                """)
    }

    @Test("A missing key is told at the mapping, also when a similar key is there and known")
    func missing() throws {
        let found = try errors("urls: [a]\n") { reading, root in
            let _: Int? = reading.mapping(root, "step") { fields in
                _ = fields.required("url", reading.string)
                _ = fields.optional("urls", reading.strings)
                return 1
            }
        }
        #expect(
            found == """
                error[AS011]: a step needs 'url'
                  f.yml:1:1   urls: [a]
                              ^
                  fix: add `url: …`
                """)
    }

    @Test(
        "One of several keys must be there, and only one",
        arguments: [
            ("{http: 1}", []), ("{http: 1, sql: 2}", ["AS020 1:11"]), ("{id: 1}", ["AS020 1:1"]),
            ("{htpt: 1}", ["AS010 1:2"]), ("[http]", ["AS012 1:1"]),
        ])
    func choice(text: String, expected: [String]) throws {
        let bag = DiagnosticBag()
        let reading = try #require(YAMLReading(parsing: Array(text.utf8), file: "f.yml", bag: bag))
        let _: Int? = reading.mapping(reading.root, "step") { fields in
            _ = fields.value("id")
            _ = fields.choice(of: ["http", "sql"], code: "AS020")
            return 1
        }
        #expect(
            bag.all.map { "\($0.code) \($0.location?.line ?? 0):\($0.location?.column ?? 0)" } == expected)
    }

    @Test("Quantities are read with their units")
    func quantities() throws {
        let text = "[1h30m, 64 KiB, 1200/min, 10%, 0, x, 5, '${t}', -1s]"
        let bag = DiagnosticBag()
        let reading = YAMLReading(try YAMLDocument(parsing: text, file: "f.yml"), bag: bag)
        let nodes = try #require(reading.root.elements)
        #expect(reading.duration(nodes[0]) == .seconds(5400))
        #expect(reading.byteCount(nodes[1]) == ByteCount(65536))
        #expect(reading.rate(nodes[2]) == Rate(perSecond: 20))
        #expect(reading.percent(nodes[3]) == 0.1)
        #expect(reading.duration(nodes[4]) == .zero)
        for node in nodes[5...] { #expect(reading.duration(node) == nil) }
        #expect(reading.percent(nodes[6]) == nil)
        #expect(bag.all.map(\.code) == ["AS015", "AS015", "AS015", "AS015", "AS015"])
    }

    @Test("A text that is a number, and yes for true, are refused with the way to write them")
    func wrongTypes() throws {
        let found = try errors("[404, yes, \"5\"]") { reading, root in
            _ = root.elements.map { (reading.string($0[0]), reading.bool($0[1]), reading.int($0[2])) }
        }
        #expect(found.contains("expected text, found the number 404"))
        #expect(found.contains("fix: put it in quotes: \"404\""))
        #expect(found.contains("fix: write true; 'yes' is a text in YAML 1.2"))
        #expect(found.contains("fix: leave the quotes out: 5"))
    }

    @Test("Values with templates in them are literals wherever nothing is computed")
    func valueTemplates() throws {
        let text = #"{a: [1, "x"], "${k}": "${v}", n: null, price: "$$${x} $5"}"#
        let reading = YAMLReading(try YAMLDocument(parsing: text, file: "f.yml"), bag: DiagnosticBag())
        guard case .object(let members) = reading.valueTemplate(reading.root) else {
            Issue.record("no object")
            return
        }
        #expect(members[0].value == .literal([1, "x"]))
        #expect(members[1].key.freeNames.map(\.name) == ["k"])
        #expect(members[2].value == .literal(.null))
        #expect(members[3].value == .literal("$${x} $5"))
    }

    @Test("An error in a template is underlined in the file")
    func templateError() throws {
        let found = try errors(#"- {get: "é\t${rndom.int(1, 2)}"}"#) { reading, root in
            _ = root.elements?[0]["get"].flatMap(reading.template)
        }
        #expect(
            found == #"""
                error[AS053]: there is no function 'rndom.int'
                  f.yml:1:15   - {get: "é\t${rndom.int(1, 2)}"}
                                             ^^^^^^^^^
                  fix: did you mean 'random.int'?
                """#)
    }
}

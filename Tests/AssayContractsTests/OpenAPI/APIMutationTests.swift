import AssayContracts
import AssayCore
import AssayFormats
import Testing

/// Documents in which one value is something else: they are read, or told, and never a trap.
@Suite("Spoilt OpenAPI documents")
struct APIMutationTests {
    static let replacements: [JSON] = [
        nil, true, 7, 0.5, "", "text", "#/components/schemas/Job", [], [7], [:], ["$ref": "#/"],
    ]

    /// The value with the one at `path` replaced, or left out without a replacement.
    static func spoilt(_ value: JSON, _ path: ArraySlice<Int>, _ replacement: JSON?) -> JSON {
        guard let step = path.first else { return replacement ?? value }
        let isLast = path.count == 1
        switch value {
        case .array(var elements):
            if isLast, replacement == nil {
                elements.remove(at: step)
            } else {
                elements[step] = spoilt(elements[step], path.dropFirst(), replacement)
            }
            return .array(elements)
        case .object(var members):
            let name = members.keys[step]
            members[name] =
                isLast && replacement == nil
                ? .none : .some(spoilt(members.values[step], path.dropFirst(), replacement))
            return .object(members)
        default: return value
        }
    }

    /// The places of all values.
    static func paths(_ value: JSON, below path: [Int] = []) -> [[Int]] {
        let children: [JSON] =
            switch value {
            case .array(let elements): elements
            case .object(let members): members.values
            default: []
            }
        return [path] + children.enumerated().flatMap { paths($1, below: path + [$0]) }
    }

    static func sample() throws -> JSON {
        let bag = DiagnosticBag()
        let yaml = try #require(
            YAMLReading(parsing: Array(SampleDocument.text.utf8), file: "api/jobs.yaml", bag: bag))
        return try #require(yaml.json(yaml.root))
    }

    @Test("any value left out or replaced gives a document or an error with its place")
    func values() throws {
        let sample = try Self.sample()
        var refused = 0
        for path in Self.paths(sample) {
            // Every kind at every place takes long; each place gets some of them in turn.
            let first = path.reduce(path.count) { $0 &* 31 &+ $1 }
            for turn in 0..<1 {
                let place = abs(first &+ turn &* 3) % (Self.replacements.count + 1)
                let replacement =
                    place == Self.replacements.count ? JSON?.none : .some(Self.replacements[place])
                let text = Self.spoilt(sample, path[...], replacement).rendered()
                let read = ReadDocument(text, others: ["api/common.yaml": SampleDocument.common])
                if read.document == nil {
                    refused += 1
                    #expect(read.problems.contains { $0.severity == .error && $0.location != nil }, "\(text)")
                }
                guard let document = read.document else { continue }
                _ = document.judge(Self.exchange, contract: "jobs")
            }
        }
        #expect(refused > 50)
    }

    @Test("a text cut anywhere gives a document or an error with its place")
    func cuts() throws {
        let text = Array(SampleDocument.text.utf8)
        for end in stride(from: 0, to: text.count, by: 7) {
            let read = ReadDocument(
                String(decoding: text[..<end], as: UTF8.self),
                others: ["api/common.yaml": SampleDocument.common])
            #expect(read.document != nil || read.problems.contains { $0.location != nil })
        }
    }

    @Test("references that lead back to themselves end")
    func circles() {
        let text = """
            openapi: 3.1.0
            info: {title: A, version: "1"}
            paths:
              /a: {$ref: "#/paths/~1b"}
              /b: {$ref: "#/paths/~1a"}
              /c: {$ref: "#/paths/~1c"}
              /d:
                get:
                  parameters: [{$ref: "#/paths/~1d/get/parameters/0"}]
                  responses: {200: {$ref: "#/paths/~1d/get/responses/200"}}
                  requestBody: {$ref: "#"}
                  callbacks: {x: {y: {$ref: "#/paths/~1d"}}}
              /e:
                get:
                  parameters: [{name: a, in: query, schema: {$ref: "#/components/schemas/A"}}]
                  responses: {200: {description: ok}}
            components:
              schemas:
                A: {allOf: [{$ref: "#/components/schemas/B"}], properties: {a: {$ref: "#/components/schemas/A"}}}
                B: {anyOf: [{$ref: "#/components/schemas/A"}, {$ref: "#/components/schemas/B"}]}
            """
        let read = ReadDocument(text)
        #expect(read.document == nil)
        #expect(read.problems.filter { $0.code == "AS148" }.map { $0.location?.line } == [4, 5, 6, 9, 10])
    }

    static let exchange = ContractExchange(
        request: .init(
            method: "PUT", path: "/own/jobs/7", query: "fields=a|b&where={}",
            headers: [.init("Content-Type", "application/json"), .init("X-Tenant", "acme")],
            body: Array(#"{"state": "new"}"#.utf8)),
        response: .init(status: 204))
}

import AssayCore
import AssayFormats
import AssayNet
import AssayWire
import Testing

@testable import AssayDoubles

/// Renders templates for one request at one moment.
enum TemplateBench {
    /// 2026-03-04T05:06:07.089Z
    static let now: Int64 = 1_772_600_767_089

    static var environment: HandlebarsEnvironment {
        HandlebarsEnvironment(hostname: "build-7") { now }
    }

    static let request = HTTPRequest(
        method: "POST", target: "/shops/7/items?q=blue%20sky&tags=a&tags=b&ids[]=1&ids[]=2",
        headers: HTTPHeaders([
            ("Host", "localhost:8080"), ("X-Request-Id", "r-1"), ("Cookie", "session=s1; lang=de"),
            ("X-Many", "one"), ("X-Many", "two"), ("Content-Type", "application/json"),
        ]),
        body: Array(#"{"name":"pen","price":2.5,"tags":["x","y"],"deep":{"n":7}}"#.utf8))

    static func render(
        _ text: String, request: HTTPRequest = request, environment: HandlebarsEnvironment = environment,
        parameters: JSONObject = JSONObject(), seed: UInt64 = 1, limits: HandlebarsLimits = HandlebarsLimits()
    ) throws -> String {
        let template = try HandlebarsTemplate(text, limits: limits)
        let stub = StubRequest(request)
        stub.pathParameters = [("shop", "7")]
        var random = SeededRandom(seed: seed)
        return try template.render(
            [
                "request": .object(RequestModel(request: stub, id: "id-1")),
                "parameters": .json(.object(parameters)),
            ], environment, random: &random)
    }
}

/// A template and what it gives.
struct TemplateCase: CustomTestStringConvertible, Sendable {
    var template: String
    var expected: String

    init(_ template: String, _ expected: String) {
        self.template = template
        self.expected = expected
    }

    var testDescription: String { template }

    func check(_ location: Testing.SourceLocation = #_sourceLocation) throws {
        let text = try TemplateBench.render(template)
        #expect(text == expected, "\(template)", sourceLocation: location)
    }
}

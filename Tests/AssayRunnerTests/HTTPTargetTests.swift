import AssayCore
import AssayNet
import AssayWire
import Testing

@Suite("What templates put into addresses")
struct HTTPTargetTests {
    struct Example: CustomTestStringConvertible {
        var step: String
        var target: String
        var testDescription: String { step }
        init(_ step: String, _ target: String) {
            self.step = step
            self.target = target
        }
    }

    static let examples = [
        Example("{get: \"${api.url}/me/${odd}\"}", "/me/a%23b%20c"),
        Example("{get: \"${api.url}/me/${odd}/x y/${odd}\"}", "/me/a%23b%20c/x%20y/a%23b%20c"),
        Example("{get: \"${api.url}/me/${odd}#part\"}", "/me/a%23b%20c"),
        Example("{get: \"${api.url}/me/${odd}?q=${odd}#part/${odd}\"}", "/me/a%23b%20c?q=a%23b%20c"),
        Example("{get: \"${base}/me/${odd}\"}", "/me/a%23b%20c"),
        Example("{get: \"${base}/me/${odd}#part\"}", "/me/a%23b%20c"),
        Example("{get: \"${base}${path}\"}", "/p/1?x=2"),
        Example("{get: \"${base}${path}&y=3\"}", "/p/1?x=2&y=3"),
        Example("{get: \"${whole}\"}", "/from/here?a=1"),
        Example(
            "{get: \"${api.url}/q\", query: {q: \"${sign}\", r: \"x&${sign}\"}}",
            "/q?q=1%262%3D3%2B4%235&r=x%261%262%3D3%2B4%235"),
        Example("{get: \"${base}/q?a=1\", query: {q: \"${sign}\"}}", "/q?a=1&q=1%262%3D3%2B4%235"),
        Example("{get: \"${whole}\", query: {b: \"2 3\"}}", "/from/here?a=1&b=2%203"),
        Example("{get: \"${base}\", query: {b: 1}}", "/?b=1"),
    ]

    @Test("values stay inside the path or query that they were put into", arguments: examples)
    func targets(_ example: Example) throws {
        let bench = try Bench { _, _ in HTTPResponse(text: "{}") }
        let url = bench.server.url
        let results = try bench.test(
            """
            vars: {odd: "a#b c", sign: "1&2=3+4#5", base: "\(url)", path: "/p/1?x=2", whole: "\(url)/from/here?a=1#part"}
            steps: [{http: \(example.step), expect: {status: 200}}]
            """)
        #expect(results[0].status == .passed, "\(results[0].steps.flatMap(\.mismatches))")
        #expect(bench.reactor.run { bench.asked.all } == ["GET \(example.target)"])
    }
}

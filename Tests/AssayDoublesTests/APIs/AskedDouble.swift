import AssayCore
@testable import AssayDoubles
import AssayFormats
import AssayNet
import AssayWire
import Synchronization
import Testing

/// A preset as read from a file, asked without a socket.
final class AskedDouble: Sendable {
    let service: any DoubleService
    private let clock: DoubleClock
    let headers: HTTPHeaders

    /// - Parameter options: what stands behind `ai: ` in a stand's `doubles:`.
    convenience init(_ options: String, headers: [(String, String)] = []) throws {
        let bag = DiagnosticBag()
        let yaml = try #require(YAMLReading(parsing: Array("ai: \(options)".utf8), file: "a.yml", bag: bag))
        let specs = DoubleReader(yaml).read(yaml.root)
        try #require(bag.all.isEmpty, "\(bag.all)")
        try self.init(try #require(specs.first?.kind as? HTTPDoubleKind).options, headers: headers)
    }

    init(_ options: any DoubleOptions, headers: [(String, String)] = []) throws {
        let environment = TemplateEnvironment(
            nowMilliseconds: { 0 }, sha256: { $0 }, hmacSHA256: { $1 },
            readFile: { _ throws(TemplateError) in [] })
        let clock = DoubleClock { 1_800_000_000_000 }
        self.clock = clock
        var start = DoubleStart(
            name: "ai", location: SourceLocation(file: "a.yml", line: 1, column: 1),
            scope: TemplateScope(
                names: ["env": ["NAME": "Ann"]], environment: environment, random: SeededRandom(seed: 7)),
            clock: clock, reactor: try Reactor())
        service = try options.service(&start)
        self.headers = HTTPHeaders(headers)
        service.begin(url: "http://127.0.0.1:1")
    }

    /// Moves the double's time on.
    func pass(_ duration: Duration) { clock.travel(duration) }

    func ask(
        _ method: String, _ target: String, _ body: String = "", _ more: [(String, String)] = []
    ) async -> HTTPResponse {
        var all = headers
        for (name, value) in more { all[name] = value }
        return await service.answer(
            HTTPRequest(method: method, target: target, headers: all, body: Array(body.utf8)))
    }

    /// What a stream writes, until its end or until it is cut.
    static func stream(_ response: HTTPResponse) async throws -> Streamed {
        let seen = Mutex(Streamed())
        let writer = HTTPBodyWriter(
            put: { bytes in
                seen.withLock {
                    guard $0.cut == nil else { return false }
                    $0.bytes += bytes
                    return true
                }
            },
            rest: { pause in
                seen.withLock {
                    $0.pauses.append(pause)
                    return $0.pauses.count < 50
                }
            },
            end: { resets in seen.withLock { $0.cut = resets ? "reset" : "close" } })
        let write = try #require(response.stream)
        await write(writer)
        return seen.withLock { $0 }
    }

    struct Streamed: Sendable {
        var bytes: [UInt8] = []
        var pauses: [Duration] = []
        var cut: String?

        var text: String { String(decoding: bytes, as: UTF8.self) }
        /// The data of each event.
        var data: [String] {
            text.split(separator: "\n").filter { $0.hasPrefix("data: ") }.map { String($0.dropFirst(6)) }
        }
        var chunks: [JSON] { get throws { try data.filter { $0 != "[DONE]" }.map { try JSON(parsing: $0) } } }
    }
}

extension HTTPResponse {
    var json: JSON { get throws { try JSON(parsing: body) } }
}

import AssayNet
import AssayTestSupport
import AssayWire
import Testing

@testable import AssayDoubles

/// Commands that a real server and the double are both given, starting from an empty keyspace.
///
/// One command a line, words between blanks, `''` an empty one; a line that begins with `~` has a reply whose
/// elements come in any order.
struct CommandSequence: Sendable, CustomTestStringConvertible {
    var name: String
    var lines: [String]

    init(_ name: String, _ text: String) {
        self.name = name
        lines = text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    }

    var testDescription: String { name }

    static func words(_ line: String) -> [[UInt8]] {
        line.drop { $0 == "~" }.split(separator: " ").map { $0 == "''" ? [] : Array($0.utf8) }
    }

    /// A reply as it is compared: kinds as letters, texts as they are.
    static func shown(_ reply: RESPValue, of line: String) -> String {
        let elements: [String]
        switch reply {
        case .array(let all), .set(let all), .push(let all): elements = all.map { shown($0, of: "") }
        case .map(let pairs): elements = pairs.map { shown($0.key, of: "") + ":" + shown($0.value, of: "") }
        case .bulk(let text): return "'" + String(decoding: text, as: UTF8.self) + "'"
        case .simple(let text): return "+" + String(decoding: text, as: UTF8.self)
        case .error(let text): return "-" + String(decoding: text, as: UTF8.self)
        default: return "\(reply)"
        }
        let head =
            switch reply {
            case .array: "array"
            case .set: "set"
            case .push: "push"
            default: "map"
            }
        return head + "(" + (line.hasPrefix("~") ? elements.sorted() : elements).joined(separator: ", ") + ")"
    }
}

/// The double against the server that it stands in for.
@Suite(
    "Redis double beside a real server", .serialized,
    .enabled(if: RealRedis.isInstalled, "redis-server is not installed"))
struct DifferentialTests {
    static let sequences =
        listSequences + setSequences + hashSequences + sortedSetSequences + streamSequences + placeSequences

    @Test("Both answer the same, in both versions of the protocol", arguments: [RESPVersion.two, .three])
    func sameReplies(version: RESPVersion) throws {
        let reactor = try Reactor()
        let server = RealRedis("differential-\(version.rawValue)", on: reactor)
        let differences = reactor.run { () -> [String]? in
            guard await server.start(on: reactor) else { return nil }
            var options = RedisOptions()
            options.version = version
            let real = RedisClient(server.address, on: reactor, options: options)
            var differences: [String] = []
            for sequence in Self.sequences {
                differences += await Self.compare(sequence, real, version, reactor)
            }
            real.close()
            await server.stop()
            return differences
        }
        let found = try #require(differences, "the server did not start")
        for difference in found { Issue.record("\(difference)") }
    }

    private static func compare(
        _ sequence: CommandSequence, _ real: AssayNet.RedisClient, _ version: RESPVersion, _ reactor: Reactor
    ) async -> [String] {
        guard case .success = await real.command([Array("FLUSHALL".utf8)], timeout: 5_000_000_000),
            let double = try? RedisDouble(
                .init(port: nil), clock: DoubleClock { WallClock.milliseconds }, on: reactor)
        else { return ["\(sequence.name): no server"] }
        let client = double.server.makeClient(.inProcess)
        client.reply.isRESP3 = version == .three
        var differences: [String] = []
        for line in sequence.lines {
            let words = CommandSequence.words(line)
            guard case .success(let expected) = await real.command(words, timeout: 5_000_000_000) else {
                return differences + ["\(sequence.name): \(line): the server does not answer"]
            }
            double.server.refreshTime()
            OwnedArguments(words).withWords { double.server.perform($0, as: client) }
            if client.blocked != nil {
                double.server.endBlocking(client) { $0.timeoutReply.write(to: client.reply) }
            }
            double.server.afterCommands()
            let answer = client.reply.takeValue()
            let (wanted, found) = (
                CommandSequence.shown(expected, of: line), CommandSequence.shown(answer, of: line)
            )
            if wanted != found {
                differences.append("\(sequence.name): \(line)\n  real:   \(wanted)\n  double: \(found)")
            }
        }
        return differences
    }
}

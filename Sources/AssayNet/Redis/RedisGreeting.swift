internal import AssayCore
internal import AssayWire

/// What is said on a new connection before its first command: version, user, database.
///
/// A server that refuses any of it is not spoken to further: commands would go to the wrong database, or as the wrong user.
struct RedisGreeting {
    private let address: RedisAddress
    private let database: Int
    private let connection: RedisConnection
    private let deadline: Int64
    private let scope: CancelScope?

    enum Ending {
        case speaks(RESPVersion)
        case closedAtHello
        case failed(RedisFailure)
    }

    init(
        _ address: RedisAddress, database: Int, _ connection: RedisConnection, until deadline: Int64,
        in scope: CancelScope?
    ) {
        self.address = address
        self.database = database
        self.connection = connection
        self.deadline = deadline
        self.scope = scope
    }

    /// - Parameter version: RESP3 is asked for by HELLO; without it nothing needs to be said of RESP2.
    func greet(in version: RESPVersion) async -> Ending {
        var speaks = RESPVersion.two
        if version == .three {
            switch await ask(["HELLO", "3"] + (credentials.isEmpty ? [] : ["AUTH", user] + credentials)) {
            case .failure(let failure):
                let isClosed = failure.outcome == .closedEarly || failure.outcome == .reset
                return isClosed && connection.last.firstByteAt == 0 ? .closedAtHello : .failed(failure)
            case .success(let reply):
                if let words = reply.errorText {
                    if Self.isFinal(words) { return refused("HELLO", words) }
                } else {
                    speaks = .three
                }
            }
        }
        if speaks == .two, !credentials.isEmpty {
            let named = address.user == nil ? [] : [user]
            if let ending = await demand(["AUTH"] + named + credentials) { return ending }
        }
        if database != 0, let ending = await demand(["SELECT", String(database)]) { return ending }
        return .speaks(speaks)
    }

    private var user: String { address.user ?? "default" }
    private var credentials: [String] { address.password.map { [$0] } ?? [] }

    /// Whether a refusal of HELLO is about more than a server that does not know RESP3.
    ///
    /// NOAUTH is not: the user has given no password, and may send AUTH; every other command's reply tells.
    private static func isFinal(_ words: String) -> Bool {
        ["WRONGPASS", "LOADING", "MASTERDOWN", "DENIED", "BUSY", "ERR max number of clients"]
            .contains { words.hasPrefix($0) }
    }

    private func demand(_ words: [String]) async -> Ending? {
        switch await ask(words) {
        case .failure(let failure): return .failed(failure)
        case .success(let reply):
            guard let error = reply.errorText else { return nil }
            return refused(words[0] == "SELECT" ? "SELECT \(database)" : words[0], error)
        }
    }

    private func refused(_ command: String, _ words: String) -> Ending {
        .failed(RedisFailure(.notSent, "the server refused \(command): \(words)"))
    }

    private func ask(_ words: [String]) async -> Result<RESPValue, RedisFailure> {
        var bytes: [UInt8] = []
        bytes.append(command: words.map { Array($0.utf8) })
        let left = deadline - Reactor.monotonicNow()
        await connection.exchange(bytes, [.reply], timeout: left, in: scope)
        let last = connection.last
        guard last.outcome == .answered, let reply = connection.replies.first else {
            let note = last.note.map { "\(words[0]): \($0)" } ?? ""
            return .failure(RedisFailure(last.outcome, note))
        }
        return .success(reply)
    }
}

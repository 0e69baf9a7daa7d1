/// What goes wrong with a command, on purpose.
public struct RedisFault: Sendable, Equatable {
    /// What a hit does.
    public enum Effect: Sendable, Equatable {
        /// The command does not run and is answered with this error: `OOM command not allowed`.
        case error(String)
        /// The command and what follows on its connection waits so long, then runs.
        case delay(milliseconds: Int64)
        /// The command does not run and the connection ends without an answer.
        case drop
        /// The command runs, and the connection ends after so many bytes of its reply.
        case cut(afterBytes: Int)
    }

    /// The command's name in lower case; every command when `nil`.
    public var command: String?
    /// Only commands that name this key among their words.
    public var key: [UInt8]?
    public var effect: Effect
    /// Every so many that match are hit; 1 for all.
    public var every: Int
    /// So many that match pass first.
    public var skip: Int
    /// How many hits there are; `nil` for no end.
    public var count: Int?

    public init(
        _ effect: Effect, command: String? = nil, key: [UInt8]? = nil, every: Int = 1, skip: Int = 0,
        count: Int? = nil
    ) {
        self.command = command?.lowercased()
        self.key = key
        self.effect = effect
        self.every = max(1, every)
        self.skip = max(0, skip)
        self.count = count
    }
}

/// Faults that are set, and which commands there are; pure, told of every command.
struct RedisFaults {
    private struct Active {
        var fault: RedisFault
        var seen = 0
        var hits = 0
    }

    private var active: [Active] = []
    /// Commands that are unknown, as to an older server.
    private(set) var hidden: Set<String> = []
    /// When set, all others are unknown.
    private(set) var only: Set<String>?

    var isEmpty: Bool { active.isEmpty && hidden.isEmpty && only == nil }
    var all: [(fault: RedisFault, hits: Int)] { active.map { ($0.fault, $0.hits) } }

    mutating func add(_ fault: RedisFault) { active.append(Active(fault: fault)) }

    mutating func removeFaults() { active = [] }

    mutating func hide(_ names: [String]) { hidden.formUnion(names.map { $0.lowercased() }) }

    mutating func show(only names: [String]) { only = Set(names.map { $0.lowercased() }) }

    mutating func showAll() {
        hidden = []
        only = nil
    }

    func hides(_ command: RedisCommand) -> Bool {
        guard !hidden.isEmpty || only != nil else { return false }
        let name = command.row.name
        // The way back stays open.
        if name.hasPrefix("assay.") { return false }
        return hidden.contains(name) || only.map { !$0.contains(name) } ?? false
    }

    /// Counts a command.
    ///
    /// - Returns: what happens to it.
    mutating func effect(on command: RedisCommand, _ words: ArgumentList) -> RedisFault.Effect? {
        var effect: RedisFault.Effect?
        let name = command.fullName.prefix { $0 != "|" }
        for index in active.indices {
            let fault = active[index].fault
            if let wanted = fault.command, wanted != name { continue }
            if let key = fault.key, !words.dropFirst().contains(where: { $0.equals(key) }) { continue }
            active[index].seen += 1
            let number = active[index].seen - fault.skip
            guard number > 0, number % fault.every == 0, active[index].hits < fault.count ?? .max,
                effect == nil
            else { continue }
            active[index].hits += 1
            effect = fault.effect
        }
        active.removeAll { $0.hits >= $0.fault.count ?? .max }
        return effect
    }
}

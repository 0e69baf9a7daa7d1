public import AssayCore

/// What a project's stand calls its parts, so that scenarios can be checked against it.
public struct StandNames: Sendable {
    public enum Kind: String, Sendable {
        case service, dependency, double
        /// A service that runs elsewhere: it has no log here.
        case reached = "remote service"
    }

    public struct Part: Sendable {
        public var name: String
        public var kind: Kind
        /// What `${<name>.…}` has: `url`, `port`, `host`, …
        public var members: [String]
        /// Whether it answers `sql` steps.
        public var isDatabase: Bool
        /// Whether it answers `redis` steps.
        public var isRedis: Bool
        /// How many copies of it there are, `NAME-0` and so on; `nil` when it has none, `Int.max` when the start tells.
        public var copies: Int?
        public init(
            name: String, kind: Kind, members: [String], isDatabase: Bool = false, isRedis: Bool = false,
            copies: Int? = nil
        ) {
            self.copies = copies
            self.name = name
            self.kind = kind
            self.members = members
            self.isDatabase = isDatabase
            self.isRedis = isRedis
        }
    }

    public var parts: [Part]
    /// Whether a variable is set in the environment of the run; `nil` leaves `${env.X}` unchecked.
    public var isInEnvironment: (@Sendable (String) -> Bool)?

    /// What is wrong with the contract that a step names; `nil` leaves contracts unchecked.
    public var contractProblem: (@Sendable (_ name: String) -> Diagnostic?)?

    public init(parts: [Part] = [], isInEnvironment: (@Sendable (String) -> Bool)? = nil) {
        self.parts = parts
        self.isInEnvironment = isInEnvironment
    }

    /// Members that a part may have, taken for granted where no stand is known.
    static let usualMembers: Set<String> = [
        "url", "host", "port", "address", "path", "dsn", "folder", "socket", "audiosocket",
    ]

    func part(_ name: String) -> Part? { parts.first { $0.name == name } }

    /// The part that a name like `worker-3` is a copy of, and the copy's number.
    func copied(_ name: String) -> (part: Part, number: Int)? {
        guard let dash = name.lastIndex(of: "-"), let part = part(String(name[..<dash])), part.copies != nil,
            let number = Int(name[name.index(after: dash)...]), number >= 0
        else { return nil }
        return (part, number)
    }
}

/// A program to run.
public struct ProcessSpec: Sendable {
    public enum Input: Sendable, Equatable {
        /// Reads from /dev/null.
        case none
        /// Reads these, then the end.
        case bytes([UInt8])
    }

    /// The program and its arguments; a program without a slash is looked up in the environment's `PATH`.
    public var command: [String]
    /// All of the program's environment: nothing is inherited besides.
    public var environment: [(name: String, value: String)]
    /// Where it runs and what a relative program path starts from; `nil`: where Assay runs.
    public var folder: String?
    public var input: Input
    /// How long what the program leaves behind has between TERM and KILL, also when Assay is gone.
    public var grace: Duration
    /// Set by ``NetworkGuard/apply(to:member:)``.
    var supervision: Supervision?

    public init(
        command: [String], environment: [(name: String, value: String)] = Host.environment,
        folder: String? = nil, input: Input = .none, grace: Duration = .seconds(5)
    ) {
        self.command = command
        self.environment = environment
        self.folder = folder
        self.input = input
        self.grace = grace
    }
}

/// How a program ended.
public enum ExitStatus: Sendable, Hashable, CustomStringConvertible {
    case exited(Int32)
    case signalled(Int32)
    /// Its keeper was killed, so nobody saw.
    case unknown

    public var isSuccess: Bool { self == .exited(0) }

    /// `exited with status 1`, `was ended by SIGKILL`
    public var description: String {
        switch self {
        case .exited(let code): "exited with status \(code)"
        case .signalled(let number): "was ended by \(Self.signalName(number))"
        case .unknown: "ended in a way nobody saw: its keeper was killed"
        }
    }

    /// Reads what `waitpid` gives. Source: wait(2).
    init(waitStatus: Int32) {
        let signal = waitStatus & 0x7F
        self = signal == 0 ? .exited(waitStatus >> 8 & 0xFF) : .signalled(signal)
    }

    private static let signals: [(name: String, number: Int32)] = [
        ("SIGHUP", 1), ("SIGINT", 2), ("SIGQUIT", 3), ("SIGILL", 4), ("SIGTRAP", 5), ("SIGABRT", 6),
        ("SIGBUS", 7), ("SIGFPE", 8), ("SIGKILL", 9), ("SIGUSR1", 10), ("SIGSEGV", 11), ("SIGUSR2", 12),
        ("SIGPIPE", 13), ("SIGALRM", 14), ("SIGTERM", 15),
    ]

    public static func signalName(_ number: Int32) -> String {
        signals.first { $0.number == number }?.name ?? "signal \(number)"
    }

    /// The number of `TERM` or `SIGTERM`; `nil` for a name that is none.
    public static func signalNumber(_ name: String) -> Int32? {
        let upper = name.uppercased()
        return signals.first { $0.name == upper || $0.name == "SIG" + upper }?.number
    }

    public static var signalNames: [String] { signals.map(\.name) }
}

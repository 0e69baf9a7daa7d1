public import AssayCore
public import AssayDoubles
public import AssayFormats
public import AssayNet
internal import AssayWire

/// What steps ask of the stand; the composition answers, so that the runner need not know how a stand is made.
public protocol StandAccess: Sendable {
    /// Runs one statement.
    ///
    /// - Parameters:
    ///   - arguments: bound to `$1`, `$2`, …
    ///   - reactor: the session's own.
    /// - Returns: rows as objects and the number of rows changed, or the database's own words.
    func execute(
        _ statement: String, arguments: [JSON], on database: String, reactor: Reactor, in scope: CancelScope
    ) async -> Result<SQLAnswer, StepError>

    /// Which SQL a database speaks; decides how statements that Assay writes itself are written.
    func databaseKind(_ name: String) -> DatabaseKind

    /// Runs a program to its end; its whole process tree ends with it, with the time-out and with the scope.
    func run(_ program: ProgramRequest, on reactor: Reactor, in scope: CancelScope) async
        -> Result<ProgramAnswer, StepError>

    /// How many lines each service has logged so far, dropped ones included.
    var logPositions: [String: Int] { get }

    /// The lines a service has logged from a position on, as far as they are still kept, with the next position.
    func logLines(of service: String, from position: Int) -> (lines: [String], next: Int)

    /// How many requests each double has been sent so far.
    var requestCounts: [String: Int] { get }

    /// The requests a double has been sent after the first `count`, as far as they are still kept, oldest first.
    func requests(to double: String, after count: Int) -> [DoubleRequest]

    /// Changes how a double answers.
    ///
    /// - Returns: why it could not be done; `nil` when it was.
    func change(_ double: String, _ change: DoubleChange, on reactor: Reactor) async -> StepError?
}

/// A request that a double was sent, and how it was answered.
public struct DoubleRequest: Sendable {
    public var request: HTTPRequest
    public var status: Int
    public init(request: HTTPRequest, status: Int) {
        self.request = request
        self.status = status
    }
}

extension StandAccess {
    public var requestCounts: [String: Int] { [:] }
    public func requests(to double: String, after count: Int) -> [DoubleRequest] { [] }
    public func change(_ double: String, _ change: DoubleChange, on reactor: Reactor) async -> StepError? {
        StepError("the stand has no double '\(double)'")
    }
    public func databaseKind(_ name: String) -> DatabaseKind { .sqlite }
}

/// What a finished program left behind.
public struct ProgramAnswer: Sendable, Equatable {
    /// Exit code; 128 + n when signal n ended it.
    public var exit: Int
    public var output: String
    public var errorOutput: String
    public init(exit: Int, output: String, errorOutput: String) {
        self.exit = exit
        self.output = output
        self.errorOutput = errorOutput
    }
}

/// A program as a `run` step wants it started.
public struct ProgramRequest: Sendable {
    public var words: [String]
    /// Added to Assay's own environment.
    public var environment: [(name: String, value: String)]
    public var folder: String
    public var input: String?
    public var timeout: Duration
}

public struct SQLAnswer: Sendable, Equatable {
    public var rows: [JSONObject]
    public var changedRows: Int
    public init(rows: [JSONObject], changedRows: Int) {
        self.rows = rows
        self.changedRows = changedRows
    }
}

/// Why a step could not be done at all: expected and actual, for people.
public struct StepError: Error, Sendable, Equatable {
    public var message: String
    public var location: SourceLocation?
    public init(_ message: String, at location: SourceLocation? = nil) {
        self.message = message
        self.location = location
    }
}

/// Hides secrets in everything that leaves the process.
public struct Masker: Sendable {
    private let secrets: [String]
    private static let replacement = "•••"
    private static let cut = "…"
    private static let shortest = 4

    /// Longer ones are searched for as they are only.
    private static let longestWritten = 16_384

    /// - Parameter secrets: values, not names; ones shorter than four characters are not searched for. The others are found
    ///   as they are, and as URLs, forms, JSON, Base64 and shell commands write them.
    public init(secrets: some Sequence<String>) {
        let plain = Set(secrets).filter { $0.count >= Self.shortest }
        self.secrets = plain.union(plain.flatMap(Self.written)).sorted { $0.count > $1.count }
    }

    private static func written(_ secret: String) -> [String] {
        guard secret.utf8.count <= longestWritten else { return [] }
        var target: [UInt8] = []
        appendEncodingInvalid(secret.utf8, to: &target)
        let texts = [
            secret, percentEncoded(secret, for: .query), percentEncoded(secret, for: .form),
            String(decoding: target, as: UTF8.self),
            String(JSON.string(secret).rendered().dropFirst().dropLast()),
            Crypto.base64(Array(secret.utf8)), printfEscapes(Array(secret.utf8)),
        ]
        // A curl command has any of them between quotes.
        return texts + texts.map { $0.replacing("'", with: "'\\''") }
    }

    public func mask(_ text: String) -> String {
        var masked = text
        for secret in secrets where masked.contains(secret) {
            masked = masked.replacing(secret, with: Self.replacement)
        }
        return masked.contains(Self.cut) ? maskedAtCuts(masked) : masked
    }

    /// The same of bytes that are no text: secrets are overwritten where they stand.
    func masked(_ bytes: [UInt8]) -> [UInt8] {
        var masked = bytes
        for secret in secrets {
            var from = masked.startIndex
            while let found = masked[from...].firstRange(of: secret.utf8) {
                for place in found { masked[place] = UInt8(ascii: "*") }
                from = found.upperBound
            }
        }
        return masked
    }

    /// What was cut may have been cut within a secret.
    private func maskedAtCuts(_ text: String) -> String {
        var masked = text
        for secret in secrets where masked.contains(String(secret.prefix(Self.shortest))) {
            for length in (Self.shortest..<max(Self.shortest, secret.count)).reversed() {
                let part = secret.prefix(length) + Self.cut
                if masked.contains(part) {
                    masked = masked.replacing(part, with: Self.replacement + Self.cut)
                }
            }
        }
        return masked
    }

    /// What departs may hold a secret in what is shown of it.
    public func masked(_ mismatch: Mismatch) -> Mismatch {
        var mismatch = mismatch
        mismatch.expected = mask(mismatch.expected)
        mismatch.actual = mask(mismatch.actual)
        mismatch.diff = mismatch.diff.map(mask)
        return mismatch
    }
}

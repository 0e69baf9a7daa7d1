@testable import AssayNet

/// Runs programs under guard.
enum GuardedProgram {
    struct Outcome: Sendable {
        var output: String
        var attempts: [ExternalAttempt]
        var texts: [String] { attempts.map(\.text) }
        /// `tcp 192.0.2.1:80`, without who it was.
        var targets: [String] { attempts.map { "\($0.transport) \($0.target)" } }
    }

    /// Beside the tests, where the package manager puts it.
    static let library: String? = {
        guard let bytes = try? Files.read("/proc/self/cmdline") else { return nil }
        for word in bytes.split(separator: 0).map({ String(decoding: $0, as: UTF8.self) }) {
            guard let place = word.firstRange(of: "assayPackageTests.xctest") else { continue }
            let path = word[..<place.lowerBound] + "libassay-preload.so"
            if Files.kind(of: String(path)) == .file { return String(path) }
        }
        return nil
    }()

    static func has(_ program: String) -> Bool {
        ["/usr/local/bin/", "/usr/bin/", "/bin/"].contains { Files.kind(of: $0 + program) == .file }
            || (Host.environment("PATH") ?? "").split(separator: ":").contains {
                Files.kind(of: "\($0)/\(program)") == .file
            }
    }

    static let hasSeccomp = works(.seccomp)
    static func works(_ mechanism: NetworkGuard.Mechanism) -> Bool {
        guard let reactor = try? Reactor() else { return false }
        return reactor.run {
            guard let made = try? NetworkGuard(on: reactor, forcing: mechanism, library: library) else {
                return false
            }
            made.close()
            return true
        }
    }

    /// Runs a program under guard, beside a server of Assay's at `$PORT`.
    static func run(
        _ mechanism: NetworkGuard.Mechanism, _ command: [String], environment: [(String, String)] = [],
        lettingThrough: Bool = false, allowing port: UInt16? = nil, borrowing: Bool = true
    ) throws -> Outcome {
        let reactor = try Reactor()
        return try reactor.run { () -> Result<Outcome, SystemError> in
            do throws(SystemError) {
                let network = try NetworkGuard(
                    on: reactor, forcing: mechanism, lettingThrough: lettingThrough, library: library,
                    borrowing: borrowing)
                defer { network.close() }
                if let port { network.allow(port: port) }
                let double = try HTTPServer(at: .loopback(port: 0), on: reactor) { _ in
                    HTTPResponse(text: "double")
                }
                defer { double.stop() }
                var spec = ProcessSpec(
                    command: command,
                    environment: Host.environment + [("PORT", "\(double.address.port ?? 0)")] + environment)
                try network.apply(to: &spec, member: "api")
                let result = try await ChildProcess.runToEnd(
                    spec, on: reactor, until: Reactor.monotonicNow() + 30_000_000_000)
                return .success(
                    Outcome(
                        output: String(decoding: result.output + result.errors, as: UTF8.self),
                        attempts: network.attempts))
            } catch {
                return .failure(error)
            }
        }.get()
    }

    private static let prelude = """
        import errno, os, socket
        def attempt(what):
            try:
                what()
                print('went through')
            except socket.gaierror as error: print('no such name')
            except OSError as error: print(errno.errorcode[error.errno])

        """
    static func python(_ lines: String) -> [String] { ["python3", "-c", prelude + lines] }

    static let filters: [NetworkGuard.Mechanism] = [.seccomp, .preload].filter(works)
}

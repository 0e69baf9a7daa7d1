import AssayNet
import Testing

@Suite("Child processes", .timeLimit(.minutes(5)))
struct ProcessTests {
    private func run(
        _ command: [String], input: ProcessSpec.Input = .none, folder: String? = nil,
        within: Duration = .seconds(20),
        limit: Int = 1 << 20
    ) throws -> Result<ProcessResult, SystemError> {
        let reactor = try Reactor()
        let spec = ProcessSpec(command: command, folder: folder, input: input)
        return reactor.run {
            do throws(SystemError) {
                return .success(
                    try await ChildProcess.runToEnd(
                        spec, on: reactor,
                        until: Reactor.monotonicNow() + within.components.seconds * 1_000_000_000,
                        outputLimitBytes: limit))
            } catch {
                return .failure(error)
            }
        }
    }

    @Test("a program's output, errors and exit status come back")
    func output() throws {
        let result = try run(["sh", "-c", "echo out; echo err >&2; exit 3"]).get()
        #expect(String(decoding: result.output, as: UTF8.self) == "out\n")
        #expect(String(decoding: result.errors, as: UTF8.self) == "err\n")
        #expect(result.status == .exited(3))
        #expect(!result.timedOut && !result.isTruncated)
    }

    @Test("input larger than a pipe goes in while output comes out")
    func input() throws {
        let bytes = [UInt8](repeating: 120, count: 500_000)
        let result = try run(["cat"], input: .bytes(bytes)).get()
        #expect(result.output == bytes)
        #expect(result.status.isSuccess)
    }

    @Test("a program that does not read its input is no error and no signal")
    func unreadInput() throws {
        let result = try run(["true"], input: .bytes([UInt8](repeating: 0, count: 500_000))).get()
        #expect(result.status.isSuccess)
    }

    @Test("output beyond the limit is read and dropped")
    func truncation() throws {
        let result = try run(["head", "-c", "300000", "/dev/zero"], limit: 1000).get()
        #expect(result.output.count == 1000)
        #expect(result.isTruncated && result.status.isSuccess)
    }

    @Test(
        "what cannot be started is named",
        arguments: [
            (["no-such-program-here"], nil, "execve no-such-program-here: ENOENT"),
            (["./missing"], nil, "execve ./missing: ENOENT"),
            (["/etc/passwd"], nil, "execve /etc/passwd: EACCES"),
            (["true"], "/no/such/folder", "chdir /no/such/folder: ENOENT"),
            (["true"], "/etc/passwd", "chdir /etc/passwd: ENOTDIR"),
        ] as [([String], String?, String)])
    func refusals(command: [String], folder: String?, message: String) throws {
        guard case .failure(let error) = try run(command, folder: folder) else {
            Issue.record("it started")
            return
        }
        #expect(error.description.hasPrefix(message))
    }

    @Test("a program ended by a signal says which")
    func signalled() throws {
        let result = try run(["sh", "-c", "kill -SEGV $$"]).get()
        #expect(result.status.description == "was ended by SIGSEGV")
    }

    @Test("at the deadline the whole tree is ended, a background process in its own session too")
    func timeOut() throws {
        let result = try run(
            ["sh", "-c", "setsid sh -c 'trap \"\" TERM; while :; do sleep 1; done' & echo $!; sleep 60"],
            within: .seconds(1)
        ).get()
        #expect(result.timedOut)
        let pid = String(decoding: result.output, as: UTF8.self).filter(\.isNumber)
        #expect(!pid.isEmpty && !isAlive(pid))
    }

    @Test("what a program leaves in the background goes when it ends")
    func leftovers() throws {
        let result = try run(["sh", "-c", "(setsid sleep 300 >/dev/null 2>&1 & echo $!)"]).get()
        let pid = String(decoding: result.output, as: UTF8.self).filter(\.isNumber)
        #expect(result.status.isSuccess && !pid.isEmpty && !isAlive(pid))
    }

    private func isAlive(_ pid: String) -> Bool { Files.kind(of: "/proc/\(pid)") != nil }
}

import AssayNet
import Testing

@Suite("When the owner of a process is killed", .timeLimit(.minutes(5)))
struct ProcessOwnerTests {
    /// The helper beside the tests; `nil` when they are run from elsewhere.
    static var owner: String? {
        guard let bytes = try? Files.read("/proc/self/cmdline") else { return nil }
        for word in bytes.split(separator: 0).map({ String(decoding: $0, as: UTF8.self) }) {
            guard let place = word.firstRange(of: "assayPackageTests.xctest") else { continue }
            let path = word[..<place.lowerBound] + "assay-process-owner"
            if Files.kind(of: String(path)) == .file { return String(path) }
        }
        return nil
    }

    @Test(
        "kill -9 leaves nothing: not the program, not its daemon, not one that ignores TERM",
        .enabled(if: owner != nil, "the helper is not built"),
        arguments: GuardedProgram.hasSeccomp ? [false, true] : [false])
    func killed(guarded: Bool) throws {
        let owner = try #require(Self.owner)
        let line = """
            setsid sh -c '(setsid sleep 300 & echo $!)'
            sh -c 'trap "" TERM; echo $$; while :; do sleep 1; done' &
            echo $$; echo complete; wait
            """
        // A shell of this test's kills its own child and looks. The keeper that it runs below itself only adopts what
        // is left until the shell ends, so it cannot be what ends the processes looked for.
        let reactor = try Reactor()
        let spec = ProcessSpec(
            command: [
                "sh", "-c",
                """
                "$0" "$1" > "$2" & owner=$!
                until grep -q complete "$2" 2>/dev/null; do sleep 0.05; done
                kill -9 $owner; wait $owner
                for turn in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
                  left=
                  for pid in $(grep -v complete "$2"); do kill -0 $pid 2>/dev/null && left="$left $pid"; done
                  [ -z "$left" ] && break
                  sleep 0.25
                done
                echo "left:$left of $(grep -vc complete "$2")"
                """, owner, line, "/tmp/assay-owner-\(Host.processID)-\(guarded).txt",
            ], environment: Host.environment + (guarded ? [("GUARD", "1")] : []), grace: .seconds(10))
        let result = reactor.run { try? await ChildProcess.runToEnd(spec, on: reactor) }
        try? Files.remove("/tmp/assay-owner-\(Host.processID)-\(guarded).txt")
        #expect(String(decoding: result?.output ?? [], as: UTF8.self) == "left: of 3\n")
    }
}

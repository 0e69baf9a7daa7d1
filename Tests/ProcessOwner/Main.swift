import AssayNet

/// Runs a shell line below a keeper and passes its output on: for the test that kills this process.
@main
enum Main {
    static func main() {
        do throws(SystemError) {
            let reactor = try Reactor()
            let line = CommandLine.arguments.dropFirst().first ?? "true"
            var spec = ProcessSpec(command: ["sh", "-c", line], grace: .milliseconds(300))
            let network = try Host.environment("GUARD").map { _ throws(SystemError) in
                try NetworkGuard(on: reactor)
            }
            if let network { Host.write(network.summary + "\n", to: 2) }
            try network?.apply(to: &spec, member: "program")
            let prepared = spec
            reactor.run {
                do throws(SystemError) {
                    let process = try await ChildProcess.start(prepared, on: reactor)
                    while let bytes = await process.read(.output) {
                        Host.write(String(decoding: bytes, as: UTF8.self), to: 1)
                    }
                } catch {
                    Host.write("\(error)\n", to: 2)
                }
            }
        } catch {
            Host.write("\(error)\n", to: 2)
        }
    }
}

public import AssayCore
internal import AssayDoubles
internal import AssayFormats
internal import AssayNet
internal import AssayStand
internal import AssayVoice

/// `assay double`: runs one double alone until Ctrl-C.
public struct DoubleJob: Sendable {
    /// A file, a folder with WireMock's mappings, or a preset's name.
    public var what = ""
    /// Lines `key: value`, options of a preset.
    public var options: [String] = []
    /// 0 for a free one.
    public var port = 0
    /// A numeric address; loopback unless said.
    public var listen = "127.0.0.1"
    public var seed: UInt64?
    /// Tells every request as it is answered.
    public var isVerbose = false
    public init() {}

    /// What can be run by its name, with one line each.
    public static var presets: [(name: String, summary: String)] {
        KnownDoubles.connect()
        return DoubleReader.presets.map { ($0.name, $0.summary) }
            + DoubleReader.servers.map { ($0.name, $0.summary) }
    }

    public func run(_ console: Console) -> ExitCode {
        guard let address = SocketAddress(numeric: listen, port: UInt16(port)) else {
            console.complain("error: '\(listen)' is no numeric address, like 127.0.0.1 or 0.0.0.0")
            return .badInput
        }
        let bag = DiagnosticBag()
        KnownDoubles.connect()
        let spec = self.spec(bag)
        guard !bag.hasErrors, let spec else {
            console.complain(Diagnostics(bag.all))
            return .badInput
        }
        if !bag.all.isEmpty { console.complain(Diagnostics(bag.all)) }
        do {
            Host.raiseDescriptorLimit()
            let reactor = try Reactor()
            let interruption = ReactorBound(try Interruption(on: reactor), on: reactor)
            return reactor.run { await self.serve(spec, at: address, console, reactor, interruption.value) }
        } catch {
            console.complain("error: \(error)")
            return .internalFault
        }
    }

    /// A path wins over a preset of the same name only when it looks like one.
    private func spec(_ bag: DiagnosticBag) -> DoubleSpec? {
        let isPath = what.contains("/") || what.contains(".")
        let names = Self.presets.map(\.name)
        let place = SourceLocation(file: isPath ? what : "command line", line: 1, column: 1)
        if !isPath, names.contains(what) {
            return DoubleReader.preset(what, options: options, bag: bag).map {
                DoubleSpec(name: what, location: place, kind: $0)
            }
        }
        guard isPath || Files.kind(of: what) != nil else {
            let near = nearestName(to: what, among: names)
            bag.add(
                Diagnostic(
                    "AS131", "there is no file and no preset '\(what)'",
                    fix: near.map { "did you mean '\($0)'?" } ?? "the presets are: "
                        + names.joined(separator: ", ")
                ))
            return nil
        }
        if !options.isEmpty {
            bag.add(Diagnostic("AS131", "--set is for presets", fix: "write options into '\(what)'"))
            return nil
        }
        var reason: String?
        let kind = DoubleReader.kind(ofFile: what, bag: bag) { reason = $0 }
        if let reason { bag.add(Diagnostic("AS131", "the double cannot be read: \(reason)")) }
        let name = what.split(separator: "/").last.map(String.init) ?? what
        return kind.map { DoubleSpec(name: name, location: place, kind: $0) }
    }

    private func serve(
        _ spec: DoubleSpec, at address: SocketAddress, _ console: Console, _ reactor: Reactor,
        _ interruption: Interruption
    ) async -> ExitCode {
        defer { interruption.close() }
        let scope = CancelScope(on: reactor)
        interruption.watch(console, saying: "stopping …") { scope.cancel() }
        let double: any StartedDouble
        do throws(Diagnostic) {
            double = try spec.start(
                at: address, on: reactor, environment: RunningStand.templateEnvironment(folder: "."),
                names: Self.names, seed: seed ?? 0)
        } catch {
            console.complain(Diagnostics([error]))
            return error.code == "AS125" ? .standNotReady : .badInput
        }
        if !listen.hasPrefix("127."), listen != "::1" {
            console.complain("note: anybody who reaches \(listen) reaches this double")
        }
        console.print("\(spec.name)   \(double.detail)")
        console.print(double.url)
        for (key, value) in double.bindings where !["url", "host", "port"].contains(key) {
            // A stand-alone double is of no use to somebody who may not see its key.
            console.print("  \(key): \(value.templateText)")
        }
        if let bot = spec.kind as? BotDoubleKind { Self.warn(of: bot, console) }
        console.print("Ctrl-C stops it")
        if isVerbose, let journal = double.journal {
            await tell(journal, console, reactor, scope)
        } else {
            await reactor.sleep(until: .max, in: scope)
        }
        double.stop()
        if let journal = double.journal {
            console.print("\(journal.count) request\(journal.count == 1 ? "" : "s")")
        }
        return .passed
    }

    /// A bot alone has no stand whose members it could ask.
    private static func warn(of bot: BotDoubleKind, _ console: Console) {
        let missing = Set(bot.script.neededNames.map(\.name)).sorted()
        guard !missing.isEmpty else { return }
        let names = missing.map { "${\($0).…}" }.joined(separator: ", ")
        console.complain(
            "note: there is no stand here, so requests that read \(names) fail; `${env.NAME}` can be read")
    }

    /// Tells the requests of the journal as they come, until the scope ends.
    private func tell(
        _ journal: RequestJournal, _ console: Console, _ reactor: Reactor, _ scope: CancelScope
    ) async {
        var told = 0
        repeat {
            for entry in journal.entries where entry.number > told {
                console.print("\(entry.request.method) \(entry.request.target) → \(entry.status)")
                told = entry.number
            }
        } while await reactor.sleep(for: .milliseconds(100), in: scope) != .cancelled
    }

    private static var names: [String: JSON] {
        ["env": .object(JSONObject(Host.environment.map { ($0.name, JSON.string($0.value)) }))]
    }
}

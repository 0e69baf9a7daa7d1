internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// One running program of a stand.
///
/// `@unchecked Sendable`: touched on its reactor's thread only.
final class Service: @unchecked Sendable {
    let spec: ServiceSpec
    let process: ChildProcess
    let log: LogBook
    let port: UInt16
    let detail: String
    let binding: JSON
    var url: String { "http://127.0.0.1:\(port)" }
    private let stand: Stand
    private let own: [String: JSON]
    private let begun: Int64
    private let logMark: Int

    private init(
        _ spec: ServiceSpec, _ process: ChildProcess, _ stand: Stand, _ log: LogBook, _ own: [String: JSON],
        _ ports: [UInt16], detail: String, logMark: Int
    ) {
        self.spec = spec
        self.process = process
        self.stand = stand
        self.log = log
        self.own = own
        self.detail = detail
        self.logMark = logMark
        port = ports[0]
        begun = Reactor.monotonicNow()
        binding = [
            "url": .string("http://127.0.0.1:\(ports[0])"), "host": "127.0.0.1",
            "port": .int(Int64(ports[0])),
            "address": .string("127.0.0.1:\(ports[0])"), "ports": own["ports"] ?? .null,
        ]
    }

    static func launch(_ spec: ServiceSpec, in stand: Stand, log: LogBook) async throws(StandFailure)
        -> Service
    {
        do {
            let ports = try freePorts(1 + spec.ports.count, on: stand.reactor)
            let named = zip(spec.ports, ports.dropFirst()).map { ($0, JSON.int(Int64($1))) }
            let own: [String: JSON] = ["port": .int(Int64(ports[0])), "ports": .object(JSONObject(named))]
            let command: [String]
            switch spec.run {
            case .shell(let line): command = ["sh", "-c", try stand.render(line, for: spec.name, own)]
            case .words(let words):
                var rendered: [String] = []
                for word in words { rendered.append(try stand.render(word, for: spec.name, own)) }
                command = rendered
            }
            var environment = Host.environment.filter { known in
                !spec.environment.contains { $0.name == known.name }
            }
            for (name, value) in spec.environment {
                environment.append((name, try stand.render(value, for: spec.name, own)))
            }
            var folder = stand.surroundings.projectFolder
            if let written = spec.folder {
                folder = stand.inProject(try stand.render(written, for: spec.name, own))
            }
            let mark = log.position
            var program = ProcessSpec(
                command: command, environment: environment, folder: folder, grace: spec.stopWithin)
            try stand.surroundings.prepare(&program, spec.name)
            let process = try await ChildProcess.start(program, on: stand.reactor)
            for (index, stream) in ChildProcess.Output.allCases.enumerated() {
                Task(executorPreference: stand.reactor) {
                    while let bytes = await process.read(stream) { log.add(bytes, stream: index) }
                    log.finish(stream: index)
                }
            }
            let shown = command.first == "sh" ? command.last ?? "" : command.joined(separator: " ")
            return Service(
                spec, process, stand, log, own, ports, detail: stand.surroundings.mask(shown), logMark: mark)
        } catch let failure as StandFailure {
            throw failure
        } catch {
            throw StandFailure(member: spec.name, message: "\(error)", location: spec.location)
        }
    }

    /// All are held until all are known, so they differ from each other.
    private static func freePorts(_ count: Int, on reactor: Reactor) throws(SystemError) -> [UInt16] {
        var held: [Listener] = []
        defer { held.forEach { $0.close() } }
        for _ in 0..<count { held.append(try Listener(at: .loopback(port: 0), on: reactor)) }
        return held.compactMap(\.address.port)
    }

    func stop() async { await process.stop(signal: spec.stopSignal, grace: spec.stopWithin) }

    func awaitReadiness(in scope: CancelScope) async throws(StandFailure) {
        let length = spec.readyWithin.components
        let deadline = begun &+ length.seconds * 1_000_000_000 &+ length.attoseconds / 1_000_000_000
        var pause: Int64 = 5_000_000
        var lastSeen: String?
        while true {
            let seen = try await probe(until: deadline, scope)
            if process.status == nil, seen == nil { return }
            if let status = process.status {
                _ = await process.gone(until: Reactor.monotonicNow() &+ 200_000_000)
                throw failure("\(status) after \(elapsed)")
            }
            if scope.isCancelled { throw failure("cancelled while it was starting") }
            if Reactor.monotonicNow() >= deadline {
                throw failure("not ready after \(elapsed): \(lastSeen ?? seen ?? "no answer")")
            }
            // The probe that the deadline cuts short says less than the one before it.
            lastSeen = seen
            // Ends at once when the program does.
            _ = await process.ended(until: min(deadline, Reactor.monotonicNow() &+ pause), in: scope)
            pause = min(pause * 2, 100_000_000)
        }
    }

    /// What was seen in place of readiness; `nil` when it is ready.
    private func probe(until deadline: Int64, _ scope: CancelScope) async throws(StandFailure) -> String? {
        let left = max(1_000_000, min(2_000_000_000, deadline - Reactor.monotonicNow()))
        switch spec.ready {
        case .http(let template, let wanted):
            let path = try stand.render(template, for: spec.name, own)
            let client = HTTPClient(on: stand.reactor)
            defer { client.closeAll() }
            let origin = HTTPOrigin(host: "127.0.0.1", port: port)
            await client.exchange(with: origin, timeout: left, in: scope) {
                $0.append("GET \(path) HTTP/1.1\r\nHost: \(origin.authority)\r\nConnection: close\r\n\r\n")
            }
            let exchange = client.last
            guard exchange.outcome == .answered else {
                return "GET \(path) → \(exchange.note ?? "\(exchange.outcome)")"
            }
            let fits = wanted.map { $0 == exchange.status } ?? (200..<300).contains(exchange.status)
            return fits ? nil : "GET \(path) → \(exchange.status)"
        case .tcp:
            switch await stand.reactor.connect(
                to: [.loopback(port: port)], until: Reactor.monotonicNow() &+ left, in: scope)
            {
            case .success(let channel):
                channel.close()
                return nil
            case .failure(let failure): return failure.note
            }
        case .log(let template):
            let text = try stand.render(template, for: spec.name, own)
            return log.lines(from: logMark).lines.contains { $0.contains(text) }
                ? nil : "no line with '\(text)'"
        case .run(let template):
            let line = try stand.render(template, for: spec.name, own)
            let command = ProcessSpec(command: ["sh", "-c", line], folder: stand.surroundings.projectFolder)
            do throws(SystemError) {
                let result = try await ChildProcess.runToEnd(
                    command, on: stand.reactor, until: deadline, in: scope, outputLimitBytes: 4096)
                return result.status.isSuccess ? nil : "`\(line)` \(result.status)"
            } catch {
                return "\(error)"
            }
        }
    }

    private var elapsed: String {
        let tenths = (Reactor.monotonicNow() - begun) / 100_000_000
        return "\(tenths / 10).\(tenths % 10) s"
    }

    private func failure(_ message: String) -> StandFailure {
        StandFailure(
            member: spec.name, message: "service '\(spec.name)' \(message)", location: spec.location,
            lastLines: log.last(20))
    }
}

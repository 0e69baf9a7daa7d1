internal import AssayContracts
public import AssayCore
internal import AssayDoubles
internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// `assay contract record`: stands in front of a provider and writes what passes, until Ctrl-C.
public struct ContractRecordJob: Sendable {
    /// The provider: `http://127.0.0.1:8000`, with a path in front of requests' if it has one.
    public var target = ""
    /// The HAR file.
    public var out = ""
    /// 0 for a free one.
    public var port = 0
    /// A numeric address; loopback unless said.
    public var listen = "127.0.0.1"
    /// Writes over a file that is there.
    public var force = false

    public init() {}

    public func run(_ console: Console) -> ExitCode {
        guard let address = SocketAddress(numeric: listen, port: UInt16(port)) else {
            console.complain("error: '\(listen)' is no numeric address, like 127.0.0.1 or 0.0.0.0")
            return .badInput
        }
        do throws(Diagnostic) {
            try check()
        } catch {
            console.complain(Diagnostics([error]))
            return .badInput
        }
        do {
            Host.raiseDescriptorLimit()
            let reactor = try Reactor()
            let interruption = ReactorBound(try Interruption(on: reactor), on: reactor)
            return reactor.run { await self.serve(at: address, console, reactor, interruption.value) }
        } catch {
            console.complain("error: \(error)")
            return .internalFault
        }
    }

    /// - Throws: AS500, AS502.
    func check() throws(Diagnostic) {
        guard target.hasPrefix("http://") || target.hasPrefix("https://"), TrafficOrigin(target) != nil else {
            throw Diagnostic(
                "AS502", "'\(target)' is no URL of a provider that is spoken to with http or https",
                fix: "write --to http://127.0.0.1:8000")
        }
        if Files.kind(of: out) != nil, !force {
            throw Diagnostic("AS500", "'\(out)' is there already", fix: "--force writes over it")
        }
    }

    /// The file, which is empty from now on.
    ///
    /// - Throws: AS503.
    func archive() throws(Diagnostic) -> RecordedArchive {
        do {
            return try RecordedArchive(out)
        } catch {
            throw Diagnostic("AS503", "\(out) cannot be written: \(error)")
        }
    }

    private func serve(
        at address: SocketAddress, _ console: Console, _ reactor: Reactor, _ interruption: Interruption
    ) async -> ExitCode {
        defer { interruption.close() }
        let scope = CancelScope(on: reactor)
        interruption.watch(console, saying: "closing \(out) …") { scope.cancel() }
        let forwarder = HTTPForwarder(on: reactor)
        let proxied = ProxyTarget(baseURL: target)
        let origin = TrafficOrigin(target)
        let recording = ReactorBound(Recording(), on: reactor)
        let server: HTTPServer
        do throws(SystemError) {
            server = try HTTPServer(at: address, on: reactor) { request in
                let (milliseconds, started) = (WallClock.milliseconds, Reactor.monotonicNow())
                let response = await forwarder.forward(request, to: proxied)
                var exchange = ContractExchange(request, response)
                exchange.request.path = (origin?.basePath ?? "") + exchange.request.path
                recording.value.archive?.add(
                    exchange, origin: origin?.text ?? target, startedAt: milliseconds,
                    duration: Double(Reactor.monotonicNow() - started) / 1_000_000)
                return response
            }
        } catch {
            console.complain("error: \(error)")
            return .standNotReady
        }
        // A file that is there stays as it is when nothing can be recorded.
        let archive: RecordedArchive
        do throws(Diagnostic) {
            archive = try self.archive()
        } catch {
            server.stop()
            console.complain(Diagnostics([error]))
            return .badInput
        }
        recording.value.archive = archive
        console.print("\(server.url)   passes on to \(target) and writes \(out)")
        console.print("Ctrl-C stops it")
        await reactor.sleep(until: .max, in: scope)
        server.stop()
        archive.close()
        if let failure = archive.failure {
            console.complain(Diagnostics([Diagnostic("AS503", "\(out) cannot be written: \(failure)")]))
            return .internalFault
        }
        let count = archive.count
        console.print(
            "\(count) exchange\(count == 1 ? "" : "s"); `assay contract export openapi \(out)` makes a document of them"
        )
        return .passed
    }
}

/// Where exchanges go, once the server listens. Belongs to one reactor.
private final class Recording {
    var archive: RecordedArchive?
}

/// Scheme, host and port of a URL, and what stands in front of requests' paths.
struct TrafficOrigin {
    var text: String
    /// Without a slash at its end.
    var basePath: String

    init?(_ url: String) {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        let authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.isEmpty else { return nil }
        text = String(url[..<scheme.upperBound] + authority)
        let path = url[scheme.upperBound...].dropFirst(authority.count).prefix { $0 != "?" && $0 != "#" }
        basePath = String(path.hasSuffix("/") ? path.dropLast() : path)
    }
}

/// A HAR file that grows entry by entry; nothing of it stays in memory. Belongs to one reactor.
final class RecordedArchive {
    private let file: AppendingFile
    private(set) var count = 0
    /// Why the file could not be written any further.
    private(set) var failure: SystemError?

    init(_ path: String) throws(SystemError) {
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try Files.makeFolder(String(path[..<slash]))
        }
        file = try AppendingFile(path, truncating: true)
        try file.append(Array(HARWriter.head(version: AssayVersion.text).utf8))
    }

    func add(_ exchange: ContractExchange, origin: String, startedAt milliseconds: Int64, duration: Double) {
        let entry = HARWriter.entry(exchange, origin: origin, startedAt: milliseconds, duration: duration)
        write((count == 0 ? "\n" : ",\n") + entry)
        count += 1
    }

    func close() { write(HARWriter.tail) }

    private func write(_ text: String) {
        guard failure == nil else { return }
        do throws(SystemError) {
            try file.append(Array(text.utf8))
        } catch {
            failure = error
        }
    }
}

extension ContractExchange {
    /// What a client sent and was answered.
    fileprivate init(_ request: HTTPRequest, _ response: HTTPResponse) {
        let query = request.query
        self.init(
            request: Request(
                method: request.method, path: String(request.path),
                query: request.target.contains("?") ? String(query) : nil,
                headers: request.headers.fields.map { Header($0.name, $0.value) },
                body: request.body.isEmpty ? nil : request.body),
            response: Response(
                status: response.status, headers: response.headers.fields.map { Header($0.name, $0.value) },
                body: response.body))
        self.request = self.request.decoded()
        self.response = self.response?.decoded()
    }
}

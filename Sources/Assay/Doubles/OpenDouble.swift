internal import AssayCore
internal import AssayDoubles
public import AssayFormats
internal import AssayNet
internal import AssayWire

/// A double with routes in Swift that is running; the same calls reach it on a port and in process.
public final class OpenDouble: Sendable {
    /// `http://127.0.0.1:40131`; empty for one in process.
    public let url: String
    private let engine: EngineThread
    private let running: ReactorBound<Running>
    private let journal: RequestJournal

    /// What lives on the double's own thread.
    private struct Running {
        var listening: (any StartedDouble)?
        var front: DoubleFront?
        var client: HTTPClient
        var origin: HTTPOrigin
    }

    private struct Started: Sendable {
        var running: ReactorBound<Running>
        var journal: RequestJournal
        var url: String
    }

    init(_ double: ProgrammedDouble, _ place: ProgrammedDouble.Place) async throws(StandError) {
        do {
            engine = try EngineThread(named: "assay-double")
        } catch {
            throw StandError("AS125", "double '\(double.name)' cannot start: \(error)")
        }
        let reactor = engine.reactor
        let result = await engine.run { _ in Self.start(double, place, on: reactor) }
        switch result {
        case .success(let started)?:
            (running, journal, url) = (started.running, started.journal, started.url)
        case .failure(let error)?:
            await engine.close()
            throw StandError([error])
        case nil: throw StandError("AS125", "double '\(double.name)' cannot start")
        }
    }

    private static func start(
        _ double: ProgrammedDouble, _ place: ProgrammedDouble.Place, on reactor: Reactor
    ) -> Result<Started, Diagnostic> {
        let location = SourceLocation(file: double.name, line: 1, column: 1)
        let spec = DoubleSpec(
            name: double.name, location: location, options: ProgrammedRoutes(routes: double.routes))
        let environment = RunningStand.templateEnvironment(folder: ".")
        var running = Running(
            client: HTTPClient(on: reactor), origin: HTTPOrigin(host: "127.0.0.1", port: 80))
        do throws(Diagnostic) {
            switch place {
            case .port:
                let started = try spec.start(on: reactor, environment: environment, names: [:], seed: 0)
                running.listening = started
                running.origin = HTTPOrigin(
                    host: "127.0.0.1", port: UInt16(started.bindings["port"]?.intValue ?? 0))
                return .success(
                    Started(
                        running: ReactorBound(running, on: reactor),
                        journal: started.journal ?? RequestJournal(), url: started.url))
            case .inProcess:
                let front = try spec.front(on: reactor, environment: environment, names: [:], seed: 0)
                running.front = front
                return .success(
                    Started(
                        running: ReactorBound(running, on: reactor),
                        journal: front?.journal ?? RequestJournal(), url: ""))
            }
        } catch {
            return .failure(error)
        }
    }

    /// Sends the double a request.
    ///
    /// - Parameters:
    ///   - target: path and query.
    ///   - json: the body, with its content type.
    ///   - body: any other body.
    /// - Throws: AS065 when there is no answer: the connection broke, or the double is stopped.
    public func send(
        _ method: RouteMethod, _ target: String, headers: [String: String] = [:], json: JSON? = nil,
        body: [UInt8] = []
    ) async throws(StandError) -> DoubleAnswer {
        var fields = HTTPHeaders(headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        if json != nil, !fields.contains("content-type") { fields["Content-Type"] = "application/json" }
        let bytes = json.map { Array($0.rendered().utf8) } ?? body
        let request = HTTPRequest(method: method.rawValue, target: target, headers: fields, body: bytes)
        let running = running
        let answer = await engine.run { _ in await Self.exchange(request, running.value) }
        switch answer {
        case .success(let answer)?: return answer
        case .failure(let error)?: throw error
        case nil: throw StandError("AS065", "the double is stopped")
        }
    }

    private static func exchange(
        _ request: HTTPRequest, _ running: Running
    ) async -> Result<DoubleAnswer, StandError> {
        if let front = running.front { return .success(DoubleAnswer(await front.answer(request))) }
        let client = running.client
        await client.exchange(with: running.origin, timeout: 30_000_000_000) { output in
            output.append("\(request.method) \(request.target) HTTP/1.1\r\nHost: 127.0.0.1\r\n")
            for field in request.headers.fields
            where isHeaderName(field.name) && isHeaderValue(field.value.utf8) {
                output.append("\(field.name): \(field.value)\r\n")
            }
            output.append("Content-Length: \(request.body.count)\r\n\r\n")
            output.append(request.body)
        }
        guard client.last.outcome == .answered else {
            return .failure(StandError("AS065", "the double gave no answer: \(client.last.outcome.name)"))
        }
        return .success(
            DoubleAnswer(
                HTTPResponse(
                    status: Int(client.last.status), headers: client.headers, body: client.body)))
    }

    /// What it was asked, oldest first, as far as it is kept.
    public var requests: [DoubleCall] { journal.entries.map { DoubleCall($0.request) } }

    /// Ends it with its connections. Once more does no harm.
    public func stop() async {
        let running = running
        _ = await engine.run { _ in
            running.value.client.closeAll()
            running.value.listening?.stop()
        }
        await engine.close()
    }
}

extension DoubleAnswer {
    init(_ response: HTTPResponse) {
        self.init(
            status: response.status,
            headers: Dictionary(
                response.headers.fields.map { ($0.name.lowercased(), $0.value) },
                uniquingKeysWith: { $0 + ", " + $1 }),
            body: response.body)
    }
}

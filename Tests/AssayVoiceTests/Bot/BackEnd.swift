import AssayFormats
import AssayNet
import AssayWire
import Synchronization

/// An HTTP server for a bot's requests: answers what it is told to, in turn, and keeps what it was asked.
final class BackEnd {
    enum Answer: Sendable {
        case json(JSON, status: Int = 200)
        case bytes([UInt8])
        case slow(JSON, Duration)
        /// Nothing, ever.
        case silence

        var response: HTTPResponse {
            switch self {
            case .json(let body, let status):
                return HTTPResponse(status: status, text: body.rendered(), type: "application/json")
            case .bytes(let bytes): return HTTPResponse(body: bytes)
            case .slow(let body, let delay):
                var response = HTTPResponse(text: body.rendered(), type: "application/json")
                response.delivery.after = delay
                return response
            case .silence:
                var response = HTTPResponse()
                response.delivery.fault = .silence
                return response
            }
        }
    }

    private final class Desk: Sendable {
        let state: Mutex<(answers: [Answer], requests: [HTTPRequest])>

        init(_ answers: [Answer]) { state = Mutex((answers, [])) }

        func take(_ request: HTTPRequest) -> HTTPResponse {
            state.withLock { state in
                state.requests.append(request)
                return (state.answers.count > 1 ? state.answers.removeFirst() : state.answers[0]).response
            }
        }
    }

    private let desk: Desk
    private let server: HTTPServer

    /// - Parameter answers: the last one stays.
    init(_ answers: [Answer], on reactor: Reactor) throws(SystemError) {
        let desk = Desk(answers)
        self.desk = desk
        server = try HTTPServer(on: reactor) { desk.take($0) }
    }

    var url: String { server.url }
    var requests: [HTTPRequest] { desk.state.withLock { $0.requests } }
    func stop() { server.stop() }
}

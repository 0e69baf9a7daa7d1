import AssayCore
import AssayNet
import Testing

@testable import AssayScript

/// Scripts that make requests of a host that answers at once.
enum HTTPScript {
    /// What a function returns, as JSON, and the lines of the log.
    static func run(
        _ body: String, phase: ScriptPhase = .iteration, settings: ScriptHTTPSettings = .init(),
        answer: ((ScriptRequest) -> ScriptResponse)? = nil
    ) async throws -> (result: String, log: [String]) {
        let source = "import http from 'k6/http'; export default function () { \(body) }"
        let program = try ScriptRuntimeTests.program(["main.js": source], BuiltInModules.k6)
        let runtime = try ScriptRuntime(program)
        let host = RecordingHost()
        host.phase = .initialization
        host.httpSettings = settings
        host.answer = answer ?? echo
        runtime.host = host
        if let failure = runtime.initializeNow() { throw failure }
        host.phase = phase
        let function = try #require(runtime.exported("default"))
        switch await runtime.run(function) {
        case .value(let value):
            let text = try runtime.jsonText(value.value).map { String(decoding: $0, as: UTF8.self) }
            return (text ?? "undefined", host.lines)
        case .exception(let exception): return (exception.headline, host.lines)
        case .interrupted: return ("interrupted", host.lines)
        }
    }

    /// Answers 200 with the request's own text, its line ends shown as `|`.
    static func echo(_ request: ScriptRequest) -> ScriptResponse {
        guard let hop = ScriptHop(request) else {
            return ScriptResponse(
                request,
                fault: ScriptHTTPFault(
                    notSent: request.address.fault?.reason ?? "", method: request.method,
                    url: request.address.clean))
        }
        let cookies = request.cookies(for: hop, now: 100)
        request.note(sent: cookies)
        let text = String(
            decoding: request.bytes(of: hop, cookies: ScriptRequest.header(cookies)), as: UTF8.self)
        return response(
            request, head: "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nx-foo: 1\r\nX-Foo: 2\r\n\r\n",
            body: text.replacing("\r\n", with: "|"))
    }

    static func response(_ request: ScriptRequest, status: Int = 200, head: String, body: String)
        -> ScriptResponse
    {
        let response = ScriptResponse(request)
        response.status = status
        response.bytes = Array((head + body).utf8)
        response.headCount = head.utf8.count
        response.hasBody = request.responseType != .none
        var exchange = Exchange(outcome: .answered, at: 1_000_000)
        exchange.status = status
        exchange.bytesSent = 10
        exchange.writtenAt = 3_000_000
        exchange.firstByteAt = 7_000_000
        exchange.endAt = 8_500_000
        exchange.connectingNanoseconds = 250_000
        response.exchange = exchange
        response.peer = HTTPPeer(
            address: .loopback(port: 8080), tlsVersion: "TLSv1.3", cipher: "TLS_AES_128_GCM_SHA256")
        response.fault = ScriptHTTPFault(status: status)
        return response
    }

    static func answering(_ body: String, status: Int = 200, extra: String = "") -> (ScriptRequest) ->
        ScriptResponse
    {
        { request in
            response(
                request, status: status,
                head:
                    "HTTP/1.1 \(HTTPStatusText.of(status))\r\nContent-Type: application/json\r\n\(extra)\r\n",
                body: body)
        }
    }
}

private enum HTTPStatusText {
    static func of(_ status: Int) -> String { status == 200 ? "200 OK" : "\(status) Unknown" }
}

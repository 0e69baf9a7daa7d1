internal import AssayCore
internal import AssayWire

/// Writes the heads of a server's responses into its reactor's output.
///
/// What a response says about its own framing is checked against how it is really sent, so that a copied
/// `Content-Length` or `Transfer-Encoding` cannot break the connection.
final class ResponseHeads {
    /// How a body ends (RFC 9112 §6.3).
    enum Framing: Equatable {
        case none
        case length(Int)
        case chunked
        case untilClose
    }

    /// What was decided while writing.
    struct Facts {
        var framing: Framing
        var keepsAlive: Bool
    }

    private let reactor: Reactor
    private var date: [UInt8] = []
    private var dateMadeAt: Int64 = .min
    private static let ok = Array("HTTP/1.1 200 OK\r\n".utf8)

    init(_ reactor: Reactor) { self.reactor = reactor }

    /// - Parameters:
    ///   - framing: the one wanted; a response that says `Transfer-Encoding: chunked` itself is sent so.
    ///   - announced: the Content-Length to write in place of the right one.
    ///   - withBody: `false` for HEAD, whose Content-Length may be the response's own.
    func write(
        _ response: HTTPResponse, framing wanted: Framing, announced: Int? = nil, keepsAlive: Bool,
        isHTTP10: Bool, withBody: Bool
    ) -> Facts {
        let output = reactor.output
        if response.status == 200, response.reason == nil {
            output.append(Self.ok)
        } else {
            appendStatusLine(response, to: output)
        }
        var framing = wanted
        var keepsAlive = keepsAlive && !response.closes && wanted != .untilClose
        var hasDate = false
        var hasLength = false
        for field in response.headers.fields {
            switch Special(field.name) {
            case .connection:
                if field.value.lowercased() == "close" { keepsAlive = false }
                if ["close", "keep-alive"].contains(field.value.lowercased()) { continue }
            case .contentLength:
                guard !withBody, !hasLength, Int(field.value) != nil else { continue }
                hasLength = true
            case .transferEncoding:
                if case .length = wanted, !isHTTP10 { framing = .chunked }
                continue
            case .date: hasDate = true
            case nil: break
            }
            output.appendField(field.name, field.value)
        }
        if !hasDate { output.append(dateField) }
        switch framing {
        case .length(let count) where !hasLength:
            output.append("Content-Length: ")
            output.append(decimal: announced ?? count)
            output.append("\r\n")
        case .chunked: output.append("Transfer-Encoding: chunked\r\n")
        default: break
        }
        if !keepsAlive {
            output.append("Connection: close\r\n\r\n")
        } else {
            output.append(isHTTP10 ? "Connection: keep-alive\r\n\r\n" : "\r\n")
        }
        return Facts(framing: framing, keepsAlive: keepsAlive)
    }

    private func appendStatusLine(_ response: HTTPResponse, to output: OutputBuffer) {
        output.append("HTTP/1.1 ")
        output.append(decimal: 100...999 ~= response.status ? response.status : 500)
        output.append(" ")
        if let reason = response.reason, isHeaderValue(reason.utf8) {
            output.append(reason)
        } else {
            output.append(reasonPhrase(of: response.status))
        }
        output.append("\r\n")
    }

    /// The Date header, looked at four times a second at most.
    private var dateField: [UInt8] {
        if reactor.now &- dateMadeAt > 250_000_000 || dateMadeAt == .min {
            dateMadeAt = reactor.now
            date = Array("Date: \(httpDate(WallClock.milliseconds / 1000))\r\n".utf8)
        }
        return date
    }
}

/// Fields that decide how a message is framed.
private enum Special {
    case date, connection, contentLength, transferEncoding

    init?(_ name: String) {
        // The length first: nearly every name is told apart by it.
        switch name.utf8.count {
        case 4 where name.lowercased() == "date": self = .date
        case 10 where name.lowercased() == "connection": self = .connection
        case 14 where name.lowercased() == "content-length": self = .contentLength
        case 17 where name.lowercased() == "transfer-encoding": self = .transferEncoding
        default: return nil
        }
    }
}

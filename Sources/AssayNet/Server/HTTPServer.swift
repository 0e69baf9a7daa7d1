internal import AssayCore
public import AssayWire

/// A small HTTP/1.1 server on a reactor: a task a connection, requests in turn, bodies whole.
///
/// `@unchecked Sendable`: touched on its reactor's thread only.
public final class HTTPServer: @unchecked Sendable {
    public typealias Handler = @Sendable (HTTPRequest) async -> HTTPResponse

    private let reactor: Reactor
    private let listener: Listener
    private let handler: Handler
    private let limits: HTTP1Limits
    private let scope: CancelScope
    /// How long a connection may say nothing between requests, or inside one.
    private let idleTimeout: Int64

    /// Listens at once and serves until ``stop()``.
    ///
    /// - Throws: ``SystemError``, like EADDRINUSE with the address.
    public init(
        at address: SocketAddress, on reactor: Reactor, idleTimeout: Duration = .seconds(75),
        limits: HTTP1Limits = HTTP1Limits(bodyBytes: 32 << 20), handler: @escaping Handler
    ) throws(SystemError) {
        self.reactor = reactor
        self.handler = handler
        self.limits = limits
        self.idleTimeout = idleTimeout.nanoseconds
        scope = CancelScope(on: reactor)
        listener = try Listener(at: address, on: reactor)
        Task(executorPreference: reactor) { await self.acceptAll() }
    }

    public var address: SocketAddress { listener.address }

    /// `http://127.0.0.1:40131`
    public var url: String { "http://\(address)" }

    /// Stops listening and ends every connection.
    public func stop() {
        listener.close()
        scope.cancel()
    }

    private func acceptAll() async {
        while let channel = await listener.accept(in: scope) {
            Task(executorPreference: reactor) {
                let own = CancelScope(on: self.reactor, within: self.scope)
                await self.serve(channel, in: own)
                own.leave()
                channel.close()
            }
        }
    }

    private func serve(_ channel: Channel, in scope: CancelScope) async {
        var unread: [UInt8] = []
        var parser = HTTP1RequestParser()
        while true {
            parser.begin()
            switch await readRequest(channel, &parser, &unread, in: scope) {
            case .failure(let end):
                if let status = end.status {
                    let answer = HTTPResponse(status: status, text: end.reason + "\n")
                    _ = await write(answer, to: channel, keepsAlive: false, withBody: true, in: scope)
                }
                return
            case .success(let request):
                let response = await handler(request)
                let keepsAlive = parser.keepsAlive && !response.closes
                let written = await write(
                    response, to: channel, keepsAlive: keepsAlive, withBody: request.method != "HEAD",
                    in: scope)
                guard written, keepsAlive, !channel.isClosed else { return }
            }
        }
    }

    /// Why no request came: the status to answer with, if any.
    private struct ReadingEnd: Error {
        var status: Int?
        var reason = ""
    }

    private func readRequest(
        _ channel: Channel, _ parser: inout HTTP1RequestParser, _ unread: inout [UInt8], in scope: CancelScope
    ) async -> Result<HTTPRequest, ReadingEnd> {
        var request: HTTPRequest?
        var isEnd = false
        while true {
            // Deal with what is there.
            var place = 0
            parsing: while true {
                // SAFETY: the parser keeps nothing of the bytes beyond the call.
                let (event, consumed) = unsafe unread.withUnsafeBytes { bytes in
                    unsafe parser.next(
                        UnsafeRawBufferPointer(rebasing: bytes[place...]).bytes, isEnd: isEnd, limits: limits)
                }
                switch event {
                case .needMore:
                    place += consumed
                    break parsing
                case .head:
                    request = Self.request(head: unread[place..<(place + consumed)])
                    place += consumed
                    if parser.expectsContinue {
                        let interim = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
                        guard await send(interim, to: channel, in: scope) else {
                            return .failure(ReadingEnd())
                        }
                    }
                case .body(let range):
                    request?.body.append(
                        contentsOf: unread[(place + range.lowerBound)..<(place + range.upperBound)])
                    place += consumed
                case .end:
                    unread.removeFirst(place + consumed)
                    guard let request else { return .failure(ReadingEnd()) }
                    return .success(request)
                case .failed(let error):
                    if error == .endedEarly { return .failure(ReadingEnd()) }
                    return .failure(ReadingEnd(status: error.refusalStatus, reason: error.description))
                }
            }
            unread.removeFirst(place)
            // Get more.
            let deadline = reactor.now &+ idleTimeout
            guard await channel.readable(until: deadline, in: scope) == .ready, !channel.isClosed else {
                return .failure(ReadingEnd())
            }
            // SAFETY: the reactor's buffer is filled and copied out of before anything suspends.
            switch unsafe receive(channel.descriptor, into: reactor.input.memory) {
            case .moved(let count):
                if unsafe count < reactor.input.memory.count, !channel.peerClosed {
                    channel.isReadable = false
                }
                unsafe unread.append(contentsOf: reactor.input.memory[0..<count])
            case .later: channel.isReadable = false
            case .end:
                if unread.isEmpty, request == nil { return .failure(ReadingEnd()) }
                isEnd = true
            case .failed: return .failure(ReadingEnd())
            }
        }
    }

    private static func request(head: ArraySlice<UInt8>) -> HTTPRequest {
        let text = head.drop { $0 == 0x0D || $0 == 0x0A }
        let words = text.prefix { $0 != 0x0D }.split(separator: 0x20)
        return HTTPRequest(
            method: words.first.map { String(decoding: $0, as: UTF8.self) } ?? "",
            target: words.count > 1 ? String(decoding: words[1], as: UTF8.self) : "/",
            headers: HTTPHeaders(head: text))
    }

    private func write(
        _ response: HTTPResponse, to channel: Channel, keepsAlive: Bool, withBody: Bool, in scope: CancelScope
    ) async -> Bool {
        let output = reactor.output
        output.removeAll()
        output.append("HTTP/1.1 ")
        output.append(decimal: response.status)
        output.append(" ")
        output.append(response.reason ?? reasonPhrase(of: response.status))
        output.append("\r\nDate: ")
        output.append(date)
        output.append("\r\n")
        for field in response.headers.fields where isHeaderName(field.name) && isHeaderValue(field.value.utf8)
        {
            output.append(field.name)
            output.append(": ")
            output.append(field.value)
            output.append("\r\n")
        }
        let hasNoBody = response.status < 200 || response.status == 204 || response.status == 304
        if !hasNoBody {
            output.append("Content-Length: ")
            output.append(decimal: response.body.count)
            output.append("\r\n")
        }
        output.append(keepsAlive ? "\r\n" : "Connection: close\r\n\r\n")
        if withBody, !hasNoBody { output.append(response.body) }
        switch unsafe transmit(channel.descriptor, output.bytes) {
        case .moved(let count) where count == output.count: return true
        case .moved(let count): return await send(Array(output.contents[count...]), to: channel, in: scope)
        case .later: return await send(output.contents, to: channel, in: scope)
        case .end, .failed: return false
        }
    }

    private func send(_ bytes: [UInt8], to channel: Channel, in scope: CancelScope) async -> Bool {
        var place = 0
        while place < bytes.count {
            let result = unsafe bytes.withUnsafeBytes { bytes in
                unsafe transmit(channel.descriptor, UnsafeRawBufferPointer(rebasing: bytes[place...]))
            }
            switch result {
            case .moved(let count): place += count
            case .end, .failed: return false
            case .later:
                channel.isWritable = false
                guard await channel.writable(until: reactor.now &+ idleTimeout, in: scope) == .ready,
                    !channel.isClosed
                else { return false }
            }
        }
        return true
    }

    /// The Date header's value, made once a second.
    private var date: String {
        let second = WallClock.milliseconds / 1000
        if second != dateSecond {
            dateSecond = second
            dateText = httpDate(second)
        }
        return dateText
    }
    private var dateSecond: Int64 = -1
    private var dateText = ""
}

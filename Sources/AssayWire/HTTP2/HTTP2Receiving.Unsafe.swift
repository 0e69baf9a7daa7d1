internal import CNghttp2

// What the library tells of frames that came and went; see `HTTP2Callbacks`.
extension HTTP2Session {
    // MARK: heads

    func beginHead(of stream: HTTP2Stream?) {
        heading = stream
        guard let stream else { return }
        if stream.firstByteAt == 0 { stream.firstByteAt = now }
        if stream.isHeadWhole {
            // Trailers go before the empty line.
            stream.headCount -= 2
        } else {
            stream.headCount = 0
            stream.fieldCount = 0
        }
    }

    /// - Returns: `false` when the head is too long; the stream is reset then.
    // SAFETY: both are read within the call only.
    func addField(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool {
        guard let stream = heading else { return true }
        if name.count > 0, unsafe name[0] == 0x3A {
            unsafe setStatus(value, of: stream)
            return true
        }
        if stream.isHeadWhole, unsafe isNoTrailer(name) { return true }
        stream.fieldCount += 1
        if stream.headCount + name.count + value.count + 4 > options.headBytes {
            stream.ending = .tooLarge("the head is longer than \(options.headBytes) bytes")
            return false
        }
        if stream.fieldCount > options.headers {
            stream.ending = .tooLarge("the head has more than \(options.headers) fields")
            return false
        }
        if name.count == 16, unsafe matches(name, 0..<16, "content-encoding") {
            stream.hasContentEncoding = true
        }
        if name.count == 10, unsafe matches(name, 0..<10, "set-cookie") { stream.setsCookies = true }
        unsafe write(name, value, to: stream)
        return true
    }

    private func setStatus(_ value: UnsafeRawBufferPointer, of stream: HTTP2Stream) {
        guard value.count == 3 else { return }
        stream.status = unsafe Int(value[0] & 15) * 100 + Int(value[1] & 15) * 10 + Int(value[2] & 15)
        let line: StaticString = "HTTP/2 "
        // SAFETY: a literal's bytes are there for good.
        let start = unsafe UnsafeRawBufferPointer(start: line.utf8Start, count: line.utf8CodeUnitCount)
        unsafe write(start, value, separator: 0, to: stream)
    }

    /// Writes a line of the head in one go.
    ///
    /// - Parameter separator: 2 for a colon and a space between both.
    // SAFETY: `reserve` makes room for all that is written.
    @inline(__always)
    private func write(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, separator: Int = 2,
        to stream: HTTP2Stream
    ) {
        let count = name.count &+ separator &+ value.count &+ 2
        reserve(count, in: stream)
        unsafe stream.headRoom.withUnsafeMutableBytes { room in
            var place = stream.headCount
            unsafe UnsafeMutableRawBufferPointer(rebasing: room[place...]).copyMemory(from: name)
            place &+= name.count
            if separator == 2 {
                unsafe room[place] = 0x3A
                unsafe room[place &+ 1] = 0x20
                place &+= 2
            }
            unsafe UnsafeMutableRawBufferPointer(rebasing: room[place...]).copyMemory(from: value)
            place &+= value.count
            unsafe room[place] = 0x0D
            unsafe room[place &+ 1] = 0x0A
        }
        stream.headCount &+= count
    }

    @inline(__always)
    private func reserve(_ more: Int, in stream: HTTP2Stream) {
        let wanted = stream.headCount &+ more
        guard wanted > stream.headRoom.count else { return }
        let grown = max(512, 2 * wanted)
        stream.headRoom.append(contentsOf: repeatElement(0, count: grown - stream.headRoom.count))
    }

    /// Fields that decide how a message is read have no business behind it (RFC 9110 §6.5.1).
    private func isNoTrailer(_ name: UnsafeRawBufferPointer) -> Bool {
        let whole = 0..<name.count
        return unsafe matches(name, whole, "content-encoding") || matches(name, whole, "content-length")
            || matches(name, whole, "content-type") || matches(name, whole, "set-cookie")
    }

    private func endHead(of stream: HTTP2Stream) {
        reserve(2, in: stream)
        stream.headRoom[stream.headCount] = 0x0D
        stream.headRoom[stream.headCount + 1] = 0x0A
        stream.headCount += 2
        if stream.status >= 200 {
            stream.isHeadWhole = true
        } else {
            stream.hasContentEncoding = false
            stream.setsCookies = false
            // The answer's first byte is still to come.
            stream.firstByteAt = 0
            if stream.status == 100 { releaseBody(of: stream) }
        }
    }

    // MARK: bodies

    // SAFETY: read within the call only.
    func addBody(_ bytes: UnsafeRawBufferPointer, to stream: HTTP2Stream) {
        stream.bodyCount += bytes.count
        if stream.bodyCount > stream.bodyLimitBytes {
            guard stream.ending == nil else { return }
            stream.ending = .tooLarge("the body is longer than \(stream.bodyLimitBytes) bytes")
            stream.body = []
            end(stream)
            cancel(stream)
        } else if stream.keepsBody {
            unsafe stream.body.append(contentsOf: bytes)
        }
    }

    // MARK: frames

    // SAFETY: the frame is the library's and valid within the call.
    func received(_ frame: UnsafePointer<nghttp2_frame>, _ stream: HTTP2Stream?) {
        let header = unsafe frame.pointee.hd
        switch UInt32(header.type) {
        case NGHTTP2_HEADERS.rawValue:
            guard let stream else { return }
            endHead(of: stream)
            count(header, in: stream)
        case NGHTTP2_DATA.rawValue:
            guard let stream else { return }
            count(header, in: stream)
        case NGHTTP2_RST_STREAM.rawValue:
            guard let stream, !stream.isResponseWhole, stream.ending == nil else { return }
            let code = unsafe HTTP2ErrorCode(rawValue: frame.pointee.rst_stream.error_code)
            stream.ending = code == .refusedStream ? .refused : .reset(code)
        case NGHTTP2_SETTINGS.rawValue:
            if UInt32(header.flags) & UInt32(NGHTTP2_FLAG_ACK.rawValue) == 0 { events.append(.settings) }
        case NGHTTP2_PING.rawValue:
            if UInt32(header.flags) & UInt32(NGHTTP2_FLAG_ACK.rawValue) == 0 { events.append(.ping) }
        case NGHTTP2_GOAWAY.rawValue:
            let farewell = unsafe goAway(of: frame)
            goAway = farewell
            events.append(.goAway(farewell))
        default: break
        }
    }

    private func goAway(of frame: UnsafePointer<nghttp2_frame>) -> HTTP2GoAway {
        let said = unsafe frame.pointee.goaway
        let debug = unsafe UnsafeRawBufferPointer(
            start: said.opaque_data, count: min(256, said.opaque_data_len))
        return unsafe HTTP2GoAway(
            lastStream: said.last_stream_id, code: HTTP2ErrorCode(rawValue: said.error_code),
            debug: String(decoding: debug, as: UTF8.self))
    }

    private func count(_ header: nghttp2_frame_hd, in stream: HTTP2Stream) {
        stream.bytesReceived += header.length + 9
        stream.endAt = now
        guard UInt32(header.flags) & UInt32(NGHTTP2_FLAG_END_STREAM.rawValue) != 0 else { return }
        stream.isResponseWhole = true
        // The answer is there: what is left of the request is of no use to anybody (RFC 9113 §8.1).
        if !stream.isRequestSent {
            end(stream)
            cancel(stream, code: .noError)
        }
    }

    func refused(_ frame: UnsafePointer<nghttp2_frame>, _ reason: String, _ stream: HTTP2Stream?) {
        let said = complaint.map { "\(reason): \($0)" } ?? reason
        complaint = said
        guard let stream, stream.ending == nil else { return }
        stream.ending = .malformed(said)
    }

    // MARK: ends

    /// The library has closed the stream.
    func closed(_ stream: HTTP2Stream, _ code: HTTP2ErrorCode) {
        if !stream.isResponseWhole, stream.ending == nil {
            if let goAway, stream.identifier > goAway.lastStream {
                stream.ending = .goneAway
            } else if code == .refusedStream {
                stream.ending = .goneAway
            } else {
                stream.ending = .malformed(complaint ?? code.description)
            }
        }
        complaint = nil
        end(stream)
        leave(stream)
    }

    /// Tells once how the exchange ended.
    private func end(_ stream: HTTP2Stream) {
        guard stream.end == nil else { return }
        if stream.endAt == 0 { stream.endAt = now }
        stream.end = stream.ending ?? .whole
        stream.source = nil
        events.append(.ended(stream))
    }

    // MARK: sending

    // SAFETY: the frame is the library's and valid within the call.
    func sent(_ frame: UnsafePointer<nghttp2_frame>, _ stream: HTTP2Stream?) {
        let header = unsafe frame.pointee.hd
        switch UInt32(header.type) {
        case NGHTTP2_HEADERS.rawValue, NGHTTP2_DATA.rawValue:
            guard let stream else { return }
            stream.bytesSent += header.length + 9
            if stream.sentAt == 0 { stream.sentAt = now }
            if UInt32(header.flags) & UInt32(NGHTTP2_FLAG_END_STREAM.rawValue) != 0 {
                stream.isRequestSent = true
                stream.writtenAt = now
            }
        case NGHTTP2_GOAWAY.rawValue:
            let said = unsafe goAway(of: frame)
            guard said.code != .noError, failure == nil else { return }
            let isSize = said.code == .frameSizeError && said.debug.contains("too large")
            let reason =
                isSize
                ? "a frame is larger than the \(options.frameBytes) bytes allowed" : complaint ?? said.debug
            failure = HTTP2Failure(code: said.code, isLimit: isSize, reason: reason)
        default: break
        }
    }
}

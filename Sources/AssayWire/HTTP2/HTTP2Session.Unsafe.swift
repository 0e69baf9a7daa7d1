internal import CNghttp2

/// The client's end of one connection of HTTP/2 (RFC 9113): bytes of the peer → events, requests → bytes to send.
///
/// Pure: no socket and no clock; times are the caller's. Frames, HPACK and flow control are nghttp2's. Pushed
/// responses are not allowed, bytes of bodies are acknowledged as they come, so a window bounds what is under way and
/// not what is kept; PING and SETTINGS are answered without asking.
/// Memory: about 20 KiB a connection.
// SAFETY: `session` is made in `init` and deleted in `deinit`; the library calls back only from within calls on it, so
// `self`, whose address it was given, is alive then. Streams that it was told of are kept in `open` until it has closed
// them or was told to forget them.
@safe public final class HTTP2Session {
    private var session: OpaquePointer?
    private let cache: HTTP2FieldCache
    let options: HTTP2Options
    /// What happened since ``removeEvents()``.
    public internal(set) var events: [HTTP2Event] = []
    /// Streams whose exchange runs.
    public private(set) var open: [HTTP2Stream] = []
    /// Why nothing more can be made of the connection; its streams do not end by themselves then.
    public internal(set) var failure: HTTP2Failure?
    public internal(set) var goAway: HTTP2GoAway?
    /// Time of what is being received or sent.
    var now: Int64 = 0
    /// The stream whose head is being read.
    var heading: HTTP2Stream?
    /// What the library had to say about the frame it refuses.
    var complaint: String?
    /// Of the peer's first bytes, which tell other protocols.
    private var opening: [UInt8] = []
    private var hasOpened = false

    /// - Parameter cache: of translated requests; sessions may share it.
    public init(_ options: HTTP2Options = HTTP2Options(), cache: HTTP2FieldCache = HTTP2FieldCache()) {
        self.options = options
        self.cache = cache
        unsafe session = nil
        var made: OpaquePointer?
        // SAFETY: see above; the callbacks are copied by the library.
        let callbacks = HTTP2Callbacks()
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        if unsafe nghttp2_session_client_new2(&made, callbacks.table, context, callbacks.option) != 0 {
            failure = HTTP2Failure(code: .protocolError, isLimit: false, reason: "no memory for a session")
        }
        unsafe session = made
        submitSettings()
    }

    deinit { unsafe nghttp2_session_del(session) }

    private func submitSettings() {
        let entries = [
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_ENABLE_PUSH.rawValue), value: 0),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue),
                value: UInt32(options.streamWindowBytes)),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_MAX_FRAME_SIZE.rawValue),
                value: UInt32(options.frameBytes)),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue),
                value: UInt32(clamping: options.headBytes)),
        ]
        // SAFETY: the entries are copied by the library.
        _ = unsafe entries.withUnsafeBufferPointer {
            unsafe nghttp2_submit_settings(
                session, UInt8(NGHTTP2_FLAG_NONE.rawValue), $0.baseAddress, $0.count)
        }
        _ = unsafe nghttp2_session_set_local_window_size(
            session, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, Int32(options.connectionWindowBytes))
    }

    // MARK: what the connection is fit for

    /// Streams that the peer allows at once; 100 until it has said something else.
    public var peerStreams: Int {
        unsafe Int(nghttp2_session_get_remote_settings(session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS))
    }

    /// Whether new streams may be opened: no farewell was said, and numbers are left.
    public var takesRequests: Bool {
        unsafe failure == nil && goAway == nil && nghttp2_session_check_request_allowed(session) != 0
    }

    /// Whether there are frames to be taken by ``takeFrames(now:limitBytes:_:)``.
    public var wantsWrite: Bool { unsafe nghttp2_session_want_write(session) != 0 }

    public func removeEvents() { events.removeAll(keepingCapacity: true) }

    // MARK: requests

    /// Begins an exchange; its frames are among those to send.
    ///
    /// - Parameters:
    ///   - request: as HTTP/1 would send it: the head, and the body behind it.
    ///   - source: the body in place of that in `request`.
    ///   - holdsBody: the body waits for an interim response (Expect: 100-continue).
    /// - Returns: `false` when the head is no head of HTTP/1 or the connection takes no requests.
    public func submit(
        _ stream: HTTP2Stream, request: RawSpan, isSecure: Bool, source: (any HTTP2BodySource)? = nil,
        holdsBody: Bool = false
    ) -> Bool {
        stream.forget()
        guard failure == nil, goAway == nil else { return false }
        // SAFETY: the bytes are read within the closure only, and what is kept of them is copied.
        return unsafe request.withUnsafeBytes { bytes in
            let headEnd = unsafe endOfHead(bytes)
            let head = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<headEnd])
            guard let fields = unsafe cache.fields(for: head, isSecure: isSecure) else { return false }
            if headEnd < bytes.count { unsafe stream.request.append(contentsOf: bytes[headEnd...]) }
            stream.source = source
            let hasBody = source != nil || !stream.request.isEmpty
            stream.holdsBody = hasBody && holdsBody
            return submit(stream, fields, hasBody: hasBody)
        }
    }

    private func submit(_ stream: HTTP2Stream, _ fields: HTTP2Fields, hasBody: Bool) -> Bool {
        let pointer = unsafe Unmanaged.passUnretained(stream).toOpaque()
        var provider = unsafe nghttp2_data_provider(
            source: nghttp2_data_source(ptr: nil), read_callback: HTTP2Callbacks.readBody)
        // SAFETY: fields are copied by the library; the stream stays in `open` as long as the library has its address.
        let identifier = unsafe withUnsafePointer(to: &provider) { provider in
            unsafe nghttp2_submit_request(
                session, nil, fields.vectors, fields.count, hasBody ? provider : nil, pointer)
        }
        guard identifier > 0 else { return false }
        stream.identifier = identifier
        stream.place = open.count
        open.append(stream)
        return true
    }

    /// Ends an exchange that nobody waits for any more (RST_STREAM); the connection lives on.
    public func cancel(_ stream: HTTP2Stream, code: HTTP2ErrorCode = .cancel) {
        guard stream.place >= 0 else { return }
        // SAFETY: the library is told to forget the stream's address before it leaves `open`.
        unsafe nghttp2_session_set_stream_user_data(session, stream.identifier, nil)
        unsafe nghttp2_submit_rst_stream(
            session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.identifier, code.rawValue)
        leave(stream)
        if stream.end == nil { stream.end = .cancelled }
    }

    /// Lets go of all exchanges, because the connection is gone; nothing is sent or read any more.
    ///
    /// - Returns: those that ran.
    public func abandon() -> [HTTP2Stream] {
        let streams = open
        for stream in streams {
            unsafe nghttp2_session_set_stream_user_data(session, stream.identifier, nil)
            stream.place = -1
            if stream.end == nil { stream.end = .cancelled }
        }
        open.removeAll()
        heading = nil
        if failure == nil { failure = HTTP2Failure(code: .noError, isLimit: false, reason: "closed") }
        return streams
    }

    /// Lets a body that was held go out.
    public func releaseBody(of stream: HTTP2Stream) {
        guard stream.holdsBody else { return }
        stream.holdsBody = false
        resumeBody(of: stream)
    }

    /// Asks a body's source again that had nothing.
    public func resumeBody(of stream: HTTP2Stream) {
        if stream.place >= 0 { unsafe nghttp2_session_resume_data(session, stream.identifier) }
    }

    /// Says farewell: the last frame that is sent.
    public func shutDown() {
        unsafe nghttp2_session_terminate_session(session, HTTP2ErrorCode.noError.rawValue)
    }

    func leave(_ stream: HTTP2Stream) {
        let place = stream.place
        guard place >= 0 else { return }
        stream.place = -1
        let last = open.removeLast()
        if last !== stream {
            open[place] = last
            last.place = place
        }
        if heading === stream { heading = nil }
    }

    // MARK: bytes

    /// Reads bytes of the peer, cut anyhow; see ``events`` and ``failure``.
    ///
    /// - Parameter now: the time they came at.
    public func receive(_ bytes: RawSpan, now: Int64) {
        guard failure == nil else { return }
        self.now = now
        // SAFETY: the library reads the bytes within the call only.
        unsafe bytes.withUnsafeBytes { bytes in
            if !hasOpened, let reason = unsafe otherProtocol(bytes) {
                failure = HTTP2Failure(code: .protocolError, isLimit: false, reason: reason)
                return
            }
            let read = unsafe nghttp2_session_mem_recv(
                session, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
            if read < 0 { fail(Int32(read)) }
        }
    }

    /// Hands out the frames that may be sent now, one piece after another.
    ///
    /// - Parameters:
    ///   - now: the time they are sent at.
    ///   - limitBytes: no further frame is begun behind so many.
    public func takeFrames(now: Int64, limitBytes: Int = .max, _ sink: (RawSpan) -> Void) {
        self.now = now
        var count = 0
        while count < limitBytes {
            var data: UnsafePointer<UInt8>?
            let length = unsafe nghttp2_session_mem_send(session, &data)
            guard length > 0, let start = unsafe data else {
                if length < 0 { fail(Int32(length)) }
                return
            }
            // SAFETY: the bytes are valid until the next call on the session.
            unsafe sink(UnsafeRawBufferPointer(start: start, count: length).bytes)
            count += length
        }
    }

    private func fail(_ error: Int32) {
        let reason = unsafe complaint ?? String(cString: nghttp2_strerror(error))
        if failure == nil { failure = HTTP2Failure(code: .protocolError, isLimit: false, reason: reason) }
    }

    /// What the peer speaks when its first bytes are no frame of HTTP/2.
    private func otherProtocol(_ bytes: UnsafeRawBufferPointer) -> String? {
        unsafe opening.append(contentsOf: bytes.prefix(5 - opening.count))
        if opening.count >= 5 {
            hasOpened = true
            if opening.elementsEqual("HTTP/".utf8) {
                return "the peer answers in HTTP/1: it speaks no HTTP/2 here"
            }
        }
        if opening.starts(with: [0x15, 0x03]) {
            return "the peer answers in TLS: it speaks no HTTP/2 in the clear"
        }
        return nil
    }
}

/// Behind the empty line that ends a head; all of the bytes when there is none.
private func endOfHead(_ bytes: UnsafeRawBufferPointer) -> Int {
    var place = 0
    while let end = unsafe lineFeed(bytes, from: place) {
        place = end &+ 1
        if place < bytes.count, unsafe bytes[place] == 0x0A { return place &+ 1 }
        if place &+ 1 < bytes.count, unsafe bytes[place] == 0x0D && bytes[place &+ 1] == 0x0A {
            return place &+ 2
        }
    }
    return bytes.count
}

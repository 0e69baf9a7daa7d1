internal import CNghttp2

/// What the library calls, and how it is set.
// SAFETY: both are made in `init` and freed in `deinit`; a session copies them when it is made.
@safe struct HTTP2Callbacks: ~Copyable {
    let table: OpaquePointer?
    let option: OpaquePointer?

    init() {
        var table: OpaquePointer?
        var option: OpaquePointer?
        unsafe nghttp2_session_callbacks_new(&table)
        unsafe nghttp2_option_new(&option)
        // Bytes of bodies are acknowledged by hand, and a client has no use for streams that are closed.
        unsafe nghttp2_option_set_no_auto_window_update(option, 1)
        unsafe nghttp2_option_set_no_closed_streams(option, 1)
        // The library counts pieces in which they come, too: its 8 would refuse a head for how TCP cuts it.
        unsafe nghttp2_option_set_max_continuations(option, 128)
        unsafe self.table = table
        unsafe self.option = option
        unsafe setReceiving(table)
        unsafe setSending(table)
    }

    deinit {
        unsafe nghttp2_session_callbacks_del(table)
        unsafe nghttp2_option_del(option)
    }
}

/// The session that the library calls on behalf of.
// SAFETY: the address was given by the session itself, which is in a call of its own on the stack.
@inline(__always)
private func session(_ context: UnsafeMutableRawPointer?) -> HTTP2Session? {
    guard let context = unsafe context else { return nil }
    return unsafe Unmanaged<HTTP2Session>.fromOpaque(context).takeUnretainedValue()
}

// SAFETY: a stream is kept by its session for as long as the library has its address.
@inline(__always)
private func stream(_ library: OpaquePointer?, _ identifier: Int32) -> HTTP2Stream? {
    guard let data = unsafe nghttp2_session_get_stream_user_data(library, identifier) else { return nil }
    return unsafe Unmanaged<HTTP2Stream>.fromOpaque(data).takeUnretainedValue()
}

extension HTTP2Callbacks {
    private func setReceiving(_ table: OpaquePointer?) {
        // SAFETY: frames, names, values and data are the library's and valid within each call.
        unsafe nghttp2_session_callbacks_set_on_begin_headers_callback(table) { library, frame, context in
            guard let frame = unsafe frame else { return 0 }
            let found = unsafe stream(library, frame.pointee.hd.stream_id)
            unsafe session(context)?.beginHead(of: found)
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_header_callback(table) {
            _, _, name, nameCount, value, valueCount, _, context in
            guard let context = unsafe context else { return 0 }
            let name = unsafe UnsafeRawBufferPointer(start: name, count: nameCount)
            let value = unsafe UnsafeRawBufferPointer(start: value, count: valueCount)
            // SAFETY: as `session(_:)`; the call is the most frequent one, so the session is not retained for it.
            let isTaken = unsafe Unmanaged<HTTP2Session>.fromOpaque(context)._withUnsafeGuaranteedRef {
                unsafe $0.addField(name, value)
            }
            return isTaken ? 0 : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue
        }
        unsafe nghttp2_session_callbacks_set_on_data_chunk_recv_callback(table) {
            library, _, identifier, data, count, context in
            unsafe nghttp2_session_consume(library, identifier, count)
            guard let stream = unsafe stream(library, identifier) else { return 0 }
            let bytes = unsafe UnsafeRawBufferPointer(start: data, count: count)
            unsafe session(context)?.addBody(bytes, to: stream)
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_frame_recv_callback(table) { library, frame, context in
            guard let frame = unsafe frame, let session = unsafe session(context) else { return 0 }
            unsafe session.received(frame, stream(library, frame.pointee.hd.stream_id))
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_stream_close_callback(table) {
            library, identifier, code, context in
            if let stream = unsafe stream(library, identifier) {
                unsafe session(context)?.closed(stream, HTTP2ErrorCode(rawValue: code))
            }
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(table) {
            library, frame, error, context in
            guard let frame = unsafe frame, let session = unsafe session(context) else { return 0 }
            let reason = unsafe String(cString: nghttp2_strerror(error))
            unsafe session.refused(frame, reason, stream(library, frame.pointee.hd.stream_id))
            return 0
        }
        unsafe nghttp2_session_callbacks_set_error_callback2(table) { _, _, text, count, context in
            let bytes = unsafe UnsafeRawBufferPointer(start: text, count: count)
            unsafe session(context)?.complaint = unsafe String(decoding: bytes, as: UTF8.self)
            return 0
        }
    }

    private func setSending(_ table: OpaquePointer?) {
        // SAFETY: as above.
        unsafe nghttp2_session_callbacks_set_on_frame_send_callback(table) { library, frame, context in
            guard let frame = unsafe frame, let session = unsafe session(context) else { return 0 }
            unsafe session.sent(frame, stream(library, frame.pointee.hd.stream_id))
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_frame_not_send_callback(table) {
            library, frame, error, context in
            guard let frame = unsafe frame, let stream = unsafe stream(library, frame.pointee.hd.stream_id)
            else {
                return 0
            }
            if error == NGHTTP2_ERR_START_STREAM_NOT_ALLOWED.rawValue
                || error == NGHTTP2_ERR_SESSION_CLOSING.rawValue
            {
                stream.ending = unsafe session(context)?.failure?.streamEnd ?? .goneAway
            }
            return 0
        }
    }

    /// Reads the next bytes of a request's body into a frame.
    // SAFETY: `room` and `flags` are the library's and valid within the call.
    static let readBody: nghttp2_data_source_read_callback = {
        library, identifier, room, count, flags, _, _ in
        guard let stream = unsafe stream(library, identifier), let room = unsafe room,
            let flags = unsafe flags
        else { return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue) }
        if stream.holdsBody { return Int(NGHTTP2_ERR_DEFERRED.rawValue) }
        let memory = unsafe UnsafeMutableRawBufferPointer(start: room, count: count)
        let isEnd = UInt32(NGHTTP2_DATA_FLAG_EOF.rawValue)
        guard let source = stream.source else {
            let length = min(count, stream.request.count - stream.requestPlace)
            unsafe stream.request.withUnsafeBytes {
                unsafe memory.copyMemory(
                    from: UnsafeRawBufferPointer(
                        rebasing: $0[stream.requestPlace..<(stream.requestPlace + length)]))
            }
            stream.requestPlace += length
            if stream.requestPlace == stream.request.count { unsafe flags.pointee |= isEnd }
            return length
        }
        var span = unsafe memory.mutableBytes
        switch source.read(into: &span) {
        case .bytes(let length, let isLast):
            if isLast { unsafe flags.pointee |= isEnd }
            return length
        case .later: return Int(NGHTTP2_ERR_DEFERRED.rawValue)
        case .failed(let reason):
            stream.ending = .bodyFailed(reason)
            return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
        }
    }
}

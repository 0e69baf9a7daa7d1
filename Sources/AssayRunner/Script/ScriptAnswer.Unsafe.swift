internal import AssayNet
internal import AssayScript

extension ScriptResponse {
    /// Copies an answer out of the reactor's buffers: head and body in one piece.
    func take(from client: HTTPClient, withBody: Bool) {
        var bytes: [UInt8] = []
        let bodyCount = withBody ? client.withBody { $0.byteCount } : 0
        client.withHead { head in
            bytes.reserveCapacity(head.byteCount + bodyCount)
            // SAFETY: the bytes are copied before the closure ends.
            unsafe head.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        }
        headCount = bytes.count
        if bodyCount > 0 {
            // SAFETY: as above.
            client.withBody { body in unsafe body.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) } }
        }
        self.bytes = bytes
    }
}

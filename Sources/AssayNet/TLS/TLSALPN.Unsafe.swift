internal import COpenSSL

/// Which of the client's protocols a server of ours takes: its own first that both know.
enum TLSALPN {
    // SAFETY: C calls it with the client's list, which lives through the call; what is chosen points into the list of
    // the context, which outlives the handshake.
    static let select:
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?, UnsafeMutablePointer<UInt8>?,
            UnsafePointer<UInt8>?, UInt32, UnsafeMutableRawPointer?
        ) -> Int32 = { handle, chosen, chosenCount, offered, count, _ in
            guard let session = unsafe TLSSession.of(handle), let chosen = unsafe chosen,
                let offered = unsafe offered
            else { return SSL_TLSEXT_ERR_NOACK }
            let list = unsafe UnsafeBufferPointer(start: offered, count: Int(count))
            var place = 0
            var names: [Range<Int>] = []
            while place < list.count {
                let end = unsafe place + 1 + Int(list[place])
                guard end <= list.count else { break }
                names.append((place + 1)..<end)
                place = end
            }
            for own in session.context.serverProtocols {
                for name in names where unsafe Array(list[name]) == own {
                    unsafe chosen.pointee = offered + name.lowerBound
                    unsafe chosenCount?.pointee = UInt8(name.count)
                    return SSL_TLSEXT_ERR_OK
                }
            }
            // No agreement is no error: the server speaks what it speaks (curl, load balancers' probes).
            return SSL_TLSEXT_ERR_NOACK
        }
}

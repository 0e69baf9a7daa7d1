internal import AssayNet

/// The bytes of one connection: requests in, replies out.
final class RedisConnection {
    let channel: Channel
    /// `127.0.0.1:40131`, of a Unix socket its path and `:0`.
    let peer: String
    let local: String
    /// Requests that are not whole or must wait; `nil` most of the time.
    var pending: RequestBuffer?
    /// A task waits for room to write.
    private var isWriterWaiting = false

    init(_ channel: Channel, socketPath: String?) {
        self.channel = channel
        let socket = socketPath.map { "\($0):0" } ?? ""
        peer = channel.peerAddress?.description ?? socket
        local = channel.localAddress?.description ?? socket
    }

    /// Sends what is written; what does not go out now goes out when there is room.
    ///
    /// - Returns: `false` when the connection is broken.
    func flush(_ client: RedisClient) -> Bool {
        guard client.reply.count > 0 else { return true }
        guard !isWriterWaiting else { return true }
        guard transmit(client.reply) else { return false }
        if client.reply.count > 0 { waitForRoom(client) }
        return true
    }

    private func transmit(_ reply: ReplyWriter) -> Bool {
        // SAFETY: nothing is written into the reply during the call.
        guard let sent = channel.send(unsafe reply.bytes.bytes) else { return false }
        reply.removeFirst(sent)
        return true
    }

    private func waitForRoom(_ client: RedisClient) {
        isWriterWaiting = true
        let bound = ReactorBound((connection: self, client: client), on: client.server.reactor)
        Task(executorPreference: client.server.reactor) {
            while await bound.value.connection.channel.writable() == .ready {
                let (connection, client) = bound.value
                guard !connection.channel.isClosed, connection.transmit(client.reply) else { break }
                if client.reply.count == 0 { break }
            }
            let (connection, client) = bound.value
            connection.isWriterWaiting = false
            if client.closesAfterReply || connection.channel.isClosed { connection.channel.close() }
        }
    }

    var isSending: Bool { isWriterWaiting }
}

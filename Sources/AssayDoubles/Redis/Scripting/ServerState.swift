extension RedisServer {
    /// Whether more memory is used than CONFIG SET maxmemory allows.
    var isOutOfMemory: Bool { false }

    /// Whether CONFIG SET min-replicas-to-write asks for no replica; there are none.
    var hasEnoughReplicas: Bool { true }
}

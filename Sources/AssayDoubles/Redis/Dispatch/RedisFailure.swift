/// An error reply: its first word and the rest, without the dash and the line's end.
struct RedisFailure: Error, Equatable {
    var text: String

    init(_ text: String) { self.text = text }

    static let wrongType = RedisFailure("WRONGTYPE Operation against a key holding the wrong kind of value")
    static let syntax = RedisFailure("ERR syntax error")
    static let notInteger = RedisFailure("ERR value is not an integer or out of range")
    static let notFloat = RedisFailure("ERR value is not a valid float")
    static let noSuchKey = RedisFailure("ERR no such key")
    static let outOfRange = RedisFailure("ERR index out of range")
    static let overflow = RedisFailure("ERR increment or decrement would overflow")
    static let notPositive = RedisFailure("ERR value is out of range, must be positive")

    static let outOfMemory = RedisFailure("OOM command not allowed when used memory > 'maxmemory'.")
    static let notEnoughReplicas = RedisFailure("NOREPLICAS Not enough good replicas to write.")

    static func err(_ text: String) -> RedisFailure { RedisFailure("ERR " + text) }
}

/// What CONFIG GET and SET know, as far as it changes how the server answers.
struct RedisConfig {
    /// Of the user `default`; none when empty.
    var password = ""
    var databases = 16
    var limits = RequestBuffer.Limits()
    var outputBytes = 256 << 20
    var slowlogMicroseconds: Int64 = 10_000
    var slowlogLength = 128
    var latencyMilliseconds: Int64 = 0
    var maxClients = 10_000
    /// Of keys and clients together, as estimated; 0 for no bound.
    var maxMemory = 0
    var minReplicas = 0
    /// Host and port of REPLICAOF; the double is a replica that never reaches its master.
    var master: [String]?
    /// After so long a script lets others be answered with BUSY; 0 for never.
    var busyMilliseconds: Int64 = 5000
    /// Of CONFIG SET, by name, as it was written; what is not here has the value of ``ConfigTable``.
    var written: [String: String] = [:]
}

internal import AssayNet

/// Free ports of the loopback.
enum Ports {
    /// All are held until all are known, so they differ from each other; whoever gets one must be ready to lose it.
    static func free(_ count: Int, on reactor: Reactor) throws(SystemError) -> [UInt16] {
        var held: [Listener] = []
        defer { held.forEach { $0.close() } }
        for _ in 0..<count { held.append(try Listener(at: .loopback(port: 0), on: reactor)) }
        return held.compactMap(\.address.port)
    }
}

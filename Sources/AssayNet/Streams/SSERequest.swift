internal import AssayWire

/// A request for a stream of events, ready to be sent.
public struct SSERequest: Sendable {
    public var origin: HTTPOrigin
    /// Head and body.
    public var bytes: [UInt8]
    public var options: ConnectOptions

    public init(to origin: HTTPOrigin, _ bytes: [UInt8], with options: ConnectOptions = .standard) {
        self.origin = origin
        self.bytes = bytes
        self.options = options
    }

    /// The same from where a connection before it ended.
    ///
    /// - Parameter id: of the last event; empty when none had one.
    func resuming(after id: String) -> SSERequest {
        var result = self
        let lines = headLines
        var head: [UInt8] = []
        for line in lines where !Self.names(line, "last-event-id") { head += line + [13, 10] }
        // What would break the head cannot be sent, as in a browser.
        if !id.isEmpty, isHeaderValue(id.utf8) { head += Array("Last-Event-ID: \(id)\r\n".utf8) }
        result.bytes = head + bytes[headEnd...]
        return result
    }

    /// Where the empty line begins that ends the head.
    private var headEnd: Int {
        var place = 0
        while place + 3 < bytes.count, bytes[place..<(place + 4)] != [13, 10, 13, 10] { place += 1 }
        return min(bytes.count, place + 2)
    }

    private var headLines: [[UInt8]] {
        bytes[..<headEnd].split(separator: 10).map { line in Array(line.last == 13 ? line.dropLast() : line) }
    }

    private static func names(_ line: [UInt8], _ name: String) -> Bool {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return false }
        return String(decoding: line[..<colon], as: UTF8.self).lowercased() == name
    }
}

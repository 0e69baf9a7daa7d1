/// A request head of HTTP/1 taken apart, to be said in HTTP/2.
struct HTTP1HeadLines {
    typealias Field = (name: [UInt8], value: [UInt8])

    private var method: ArraySlice<UInt8> = []
    private var target: ArraySlice<UInt8> = []
    private var lines: [(name: [UInt8], value: ArraySlice<UInt8>)] = []

    /// - Parameter head: from its first line to its empty one.
    /// - Returns: `nil` when it is none.
    init?(_ head: [UInt8]) {
        var rest = head[...]
        let first = Self.line(&rest)
        let words = first.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count == 3, !words[0].isEmpty, !words[1].isEmpty,
            words[2].starts(with: Array("HTTP/".utf8))
        else { return nil }
        (method, target) = (words[0], words[1])
        while !rest.isEmpty {
            let line = Self.line(&rest)
            if line.isEmpty { break }
            guard let colon = line.firstIndex(of: 0x3A), colon > line.startIndex else { return nil }
            var value = line[(colon + 1)...]
            while let byte = value.first, isBlank(byte) { value.removeFirst() }
            while let byte = value.last, isBlank(byte) { value.removeLast() }
            lines.append((line[..<colon].map(lowerASCII), value))
        }
    }

    private static func line(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
        var line = rest[..<end]
        rest = end == rest.endIndex ? [] : rest[(end + 1)...]
        if line.last == 0x0D { line.removeLast() }
        return line
    }

    /// About one connection, as are those that Connection names.
    private static let ofConnection: [[UInt8]] = [
        "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "http2-settings",
    ].map { Array($0.utf8) }

    /// As HTTP/2 has them, those of the request line first.
    func fields(isSecure: Bool) -> [Field] {
        let host = lines.first { $0.name == Array("host".utf8) }?.value ?? []
        var path = target
        var authority = host
        // The absolute form that a proxy wants has the authority in it.
        if let scheme = target.firstRange(of: Array("://".utf8)), target.first != 0x2F {
            let behind = target[scheme.upperBound...]
            let end = behind.firstIndex { $0 == 0x2F || $0 == 0x3F } ?? behind.endIndex
            authority = behind[..<end]
            path = behind[end...]
        }
        var pathBytes = Array(path)
        if pathBytes.first == 0x3F || pathBytes.isEmpty { pathBytes.insert(0x2F, at: 0) }
        var fields: [Field] = [
            (Array(":method".utf8), Array(method)),
            (Array(":scheme".utf8), Array((isSecure ? "https" : "http").utf8)),
            (Array(":path".utf8), pathBytes),
        ]
        if !authority.isEmpty { fields.insert((Array(":authority".utf8), Array(authority)), at: 2) }
        let named = lines.filter { $0.name == Self.ofConnection[0] }.flatMap { line in
            line.value.split(separator: 0x2C).map { $0.filter { !isBlank($0) }.map(lowerASCII) }
        }
        for line in lines where line.name != Array("host".utf8) {
            if Self.ofConnection.contains(line.name) || named.contains(line.name) { continue }
            let isTE = line.name == Array("te".utf8)
            if isTE, line.value.map(lowerASCII) != Array("trailers".utf8) { continue }
            fields.append((line.name, Array(line.value)))
        }
        return fields
    }
}

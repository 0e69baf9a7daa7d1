/// What the next bytes were; see ``RESPParser/next(_:limits:)``.
public enum RESPEvent: Sendable, Equatable {
    /// Nothing whole yet; what was offered is consumed, go on with what comes behind it.
    case needMore
    /// The value that ends with the last byte consumed.
    case value(RESPValue)
    /// The bytes are no value, and nothing behind them can be trusted; the connection is of no more use.
    case failed(RESPError)
}

/// Reads values of RESP2 and RESP3 from pieces as they come, whichever side of a connection sends them.
///
/// Memory is bounded by ``RESPLimits``: nothing is set aside because a length announces it. An out-of-band push is a
/// value like any other here; that it may stand inside another (a subscription inside EXEC's reply) is accepted.
// SAFETY: bytes are read below their count and within `next` only; no pointer is kept.
public struct RESPParser: Sendable {
    /// Of the value that came last, in bytes.
    public private(set) var valueLength = 0
    /// Elements of that value and of all inside it.
    public private(set) var valueElements = 0
    /// A line of which the end is still to come.
    private var begun: [UInt8] = []
    private var text: OpenText?
    private var open: [OpenAggregate] = []
    /// Of the line or text that is being read, in the outermost value.
    private var offset = 0
    /// Elements that were announced so far.
    private var announced = 0

    public init() {}

    /// Whether a value has begun and not ended.
    public var isInside: Bool { offset > 0 || !begun.isEmpty }

    /// Reads up to the end of the next value.
    ///
    /// - Parameter bytes: those behind what was consumed so far.
    /// - Returns: what they are and how many of them are dealt with: all, unless a value ended before.
    public mutating func next(_ bytes: RawSpan, limits: RESPLimits) -> (event: RESPEvent, consumed: Int) {
        // SAFETY: the pointer is used within the closure only.
        unsafe bytes.withUnsafeBytes { bytes in
            var place = 0
            do throws(RESPError) {
                while place < bytes.count {
                    let value =
                        text == nil
                        ? unsafe try takeLine(bytes, &place, limits) : unsafe try takeText(bytes, &place)
                    guard let value, let whole = settle(value) else { continue }
                    (valueLength, valueElements) = (offset, announced)
                    (offset, announced) = (0, 0)
                    return (.value(whole), place)
                }
            } catch {
                return (.failed(error), place)
            }
            return (.needMore, place)
        }
    }

    /// The peer sends no more: an error when that is inside a value.
    public func end() -> RESPError? {
        guard isInside else { return nil }
        return RESPError(.endedEarly, at: offset + begun.count + (text?.taken ?? 0))
    }

    // MARK: lines

    /// - Returns: a value that is whole with its line; `nil` when more must come.
    private mutating func takeLine(
        _ bytes: UnsafeRawBufferPointer, _ place: inout Int, _ limits: RESPLimits
    ) throws(RESPError) -> RESPValue? {
        if begun.isEmpty, unsafe !Self.types.contains(bytes[place]) {
            throw unsafe RESPError(.badType, at: offset, byte: bytes[place])
        }
        let room = limits.valueBytes - offset - 2
        let bound = min(limits.lineBytes, room)
        let tooLong = RESPError(
            room < limits.lineBytes
                ? .valueTooLong(limit: limits.valueBytes) : .lineTooLong(limit: limits.lineBytes),
            at: offset)
        guard let stop = unsafe lineFeed(bytes, from: place) else {
            // A carriage return may be the last of them.
            if begun.count + bytes.count - place > bound + 1 { throw tooLong }
            unsafe begun.append(contentsOf: bytes[place...])
            place = bytes.count
            return nil
        }
        let piece = unsafe UnsafeRawBufferPointer(rebasing: bytes[place..<stop])
        place = stop + 1
        if begun.isEmpty { return unsafe try readLine(piece, bound, tooLong, limits) }
        unsafe begun.append(contentsOf: piece)
        let line = begun
        begun.removeAll(keepingCapacity: line.count <= 1024)
        return unsafe try line.span.bytes.withUnsafeBytes { (line) throws(RESPError) in
            unsafe try readLine(line, bound, tooLong, limits)
        }
    }

    /// - Parameter line: everything before the line feed.
    private mutating func readLine(
        _ line: UnsafeRawBufferPointer, _ bound: Int, _ tooLong: RESPError, _ limits: RESPLimits
    ) throws(RESPError) -> RESPValue? {
        let length = line.count - 1
        guard unsafe length > 0 && line[length] == 0x0D else {
            if line.count > bound { throw tooLong }
            throw RESPError(.badLine, at: offset + line.count, byte: 0x0A)
        }
        if length > bound { throw tooLong }
        let content = unsafe RESPLine(line, length: length, offset: offset)
        let begin = offset
        offset += length + 2
        switch unsafe line[0] {
        case 0x2B: return .simple(try content.text())
        case 0x2D: return .error(try content.text())
        case 0x3A: return .integer(try content.integer())
        case 0x23: return .boolean(try content.boolean())
        case 0x2C: return .double(try content.double())
        case 0x28: return .bigNumber(try content.bigNumber())
        case 0x5F:
            guard length == 1 else { throw content.fault(.badNull, 1) }
            return .null
        case let type where type == 0x24 || type == 0x21 || type == 0x3D:
            guard let count = try content.count(mayBeNull: type == 0x24) else { return .null }
            if count > limits.valueBytes - offset - 2 {
                throw RESPError(.valueTooLong(limit: limits.valueBytes), at: begin)
            }
            text = OpenText(type: type, count: count)
            return nil
        case let type:
            guard let count = try content.count(mayBeNull: type == 0x2A) else { return .nullArray }
            return try beginAggregate(type, count: count, at: begin, limits)
        }
    }

    // MARK: texts

    private mutating func takeText(
        _ bytes: UnsafeRawBufferPointer, _ place: inout Int
    ) throws(RESPError) -> RESPValue? {
        guard var text else { return nil }
        self.text = nil  // so that the bytes have one owner and grow in place
        let count = min(text.missing, bytes.count - place)
        unsafe text.bytes.append(contentsOf: bytes[place..<(place + count)])
        place += count
        while text.missing == 0, text.endsSeen < 2, place < bytes.count {
            let byte = unsafe bytes[place]
            guard byte == (text.endsSeen == 0 ? 0x0D : 0x0A) else {
                throw RESPError(.badBulkEnd, at: offset + text.taken, byte: byte)
            }
            text.endsSeen += 1
            place += 1
        }
        guard text.endsSeen == 2 else {
            self.text = text
            return nil
        }
        let begin = offset
        offset += text.taken
        switch text.type {
        case 0x24: return .bulk(text.bytes)
        case 0x21: return .bulkError(text.bytes)
        default:
            guard text.count >= 4, text.bytes[3] == 0x3A else {
                let byte = text.count >= 4 ? text.bytes[3] : nil
                throw RESPError(.badVerbatim, at: begin + min(3, text.count), byte: byte)
            }
            let format = String(decoding: text.bytes[..<3], as: UTF8.self)
            return .verbatim(format: format, Array(text.bytes[4...]))
        }
    }

    // MARK: values of values

    private mutating func beginAggregate(
        _ type: UInt8, count: Int, at begin: Int, _ limits: RESPLimits
    ) throws(RESPError) -> RESPValue? {
        let isOfPairs = type == 0x25 || type == 0x7C
        let tooMany = RESPError(.tooManyElements(limit: limits.elements), at: begin)
        let left = limits.elements - announced
        guard count <= left else { throw tooMany }
        // What has attributes costs memory too, so it counts.
        let elements = (isOfPairs ? 2 * count : count) + (type == 0x7C ? 1 : 0)
        guard elements <= left else { throw tooMany }
        announced += elements
        guard open.count < limits.depth else {
            throw RESPError(.tooDeep(limit: limits.depth), at: begin)
        }
        open.append(OpenAggregate(type: type, missing: isOfPairs ? 2 * count : count))
        return count == 0 ? close() : nil
    }

    /// Puts a value where it belongs.
    ///
    /// - Returns: the outermost value, when this was the last of it.
    private mutating func settle(_ value: RESPValue) -> RESPValue? {
        var value = value
        while !open.isEmpty {
            let top = open.count - 1
            open[top].elements.append(value)
            open[top].missing -= 1
            guard open[top].missing == 0, let made = close() else { return nil }
            value = made
        }
        return value
    }

    /// Makes a value of the innermost one that is open.
    ///
    /// - Returns: `nil` when it is attributes, which wait for their value.
    private mutating func close() -> RESPValue? {
        var aggregate = open.removeLast()
        if aggregate.type == 0x7C, aggregate.attributes == nil {
            aggregate.attributes = aggregate.pairs
            aggregate.elements = []
            aggregate.missing = 1
            open.append(aggregate)
            return nil
        }
        return aggregate.value
    }

    private static let types = Array("+-:$*_#,(!=%~>|".utf8)
}

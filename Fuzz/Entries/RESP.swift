import AssayWire

/// Any bytes as values one after another: however they are cut into pieces, the same comes out, and what is read can
/// be written in both versions and reads the same again.
public func fuzzRESP(_ bytes: [UInt8]) {
    for limits in [RESPLimits(), RESPLimits(lineBytes: 20, valueBytes: 60, elements: 9, depth: 3)] {
        let whole = read(bytes, piece: max(1, bytes.count), limits)
        for size in [1, 2, 7] {
            precondition(read(bytes, piece: size, limits) == whole, "in pieces of \(size) it is different")
        }
        if let error = whole.error { precondition(!error.description.isEmpty && error.offset >= 0) }
        guard whole.end == nil, whole.error == nil else { continue }
        for version in [RESPVersion.two, .three] {
            let written = whole.written(version)
            let again = read(written, piece: max(1, written.count), RESPLimits())
            precondition(again.error == nil && again.end == nil, "what was written is refused")
            precondition(again.written(version) == written, "what was written reads otherwise")
        }
        precondition(
            read(whole.written(.three), piece: 64, RESPLimits()).values == whole.values,
            "the newer version loses something")
    }
}

/// What a parser said, in one value that can be compared: values as written bytes, because nan differs from itself.
private struct Reading: Equatable {
    var values: [[UInt8]] = []
    var older: [[UInt8]] = []
    var error: RESPError?
    var end: RESPError?

    func written(_ version: RESPVersion) -> [UInt8] { (version == .two ? older : values).flatMap(\.self) }
}

private func read(_ bytes: [UInt8], piece: Int, _ limits: RESPLimits) -> Reading {
    var parser = RESPParser()
    var reading = Reading()
    for start in stride(from: 0, to: bytes.count, by: piece) {
        let stop = min(start + piece, bytes.count)
        var place = start
        while place < stop {
            let (event, consumed) = unsafe parser.next(
                bytes.span.bytes.extracting(place..<stop), limits: limits)
            precondition(consumed > 0 && place + consumed <= stop || event.isFailure, "nothing is consumed")
            place += consumed
            switch event {
            case .needMore: precondition(place == stop, "more is wanted than there is")
            case .value(let value):
                precondition(!parser.isInside, "a value has ended and is still open")
                var newer: [UInt8] = []
                newer.append(value, as: .three)
                var older: [UInt8] = []
                older.append(value, as: .two)
                reading.values.append(newer)
                reading.older.append(older)
            case .failed(let error):
                reading.error = error
                return reading
            }
        }
    }
    reading.end = parser.end()
    return reading
}

extension RESPEvent {
    fileprivate var isFailure: Bool { if case .failed = self { true } else { false } }
}

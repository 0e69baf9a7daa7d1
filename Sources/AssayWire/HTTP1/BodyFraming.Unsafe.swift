internal import Glibc

/// Where a body ends: by length, by chunks, or with the connection. Pure and without references.
struct BodyFraming: Sendable {
    private enum Mode: UInt8, Sendable {
        case none, fixed, chunkSize, chunkData, chunkEnd, trailers, untilEnd
    }

    private var mode = Mode.none
    private var remaining: Int64 = 0
    private var total: Int64 = 0
    private var trailerBytes: Int32 = 0

    static let empty = BodyFraming()

    static func fixed(_ length: Int64) -> BodyFraming {
        var framing = BodyFraming()
        framing.mode = length > 0 ? .fixed : .none
        framing.remaining = length
        return framing
    }

    static var chunked: BodyFraming {
        var framing = BodyFraming()
        framing.mode = .chunkSize
        return framing
    }

    static var untilEnd: BodyFraming {
        var framing = BodyFraming()
        framing.mode = .untilEnd
        return framing
    }

    /// - Returns: what the bytes are, and how many of them are dealt with.
    mutating func next(
        _ bytes: UnsafeRawBufferPointer, isEnd: Bool, limits: HTTP1Limits
    ) -> (event: HTTP1Event, consumed: Int) {
        var consumed = 0
        while true {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[consumed...])
            switch mode {
            case .none: return (.end, consumed)
            case .fixed, .chunkData, .untilEnd:
                if unsafe rest.isEmpty {
                    if mode == .untilEnd, isEnd {
                        mode = .none
                        return (.end, consumed)
                    }
                    return (isEnd ? .failed(.endedEarly) : .needMore, consumed)
                }
                let count = mode == .untilEnd ? rest.count : Int(min(Int64(rest.count), remaining))
                total += Int64(count)
                if total > Int64(limits.bodyBytes) {
                    return (.failed(.bodyTooLong(limit: limits.bodyBytes)), consumed)
                }
                if mode != .untilEnd {
                    remaining -= Int64(count)
                    if remaining == 0 { mode = mode == .fixed ? .none : .chunkEnd }
                }
                return (.body(consumed..<consumed + count), consumed + count)
            case .chunkEnd:
                guard rest.count >= 2 else { return (isEnd ? .failed(.endedEarly) : .needMore, consumed) }
                guard unsafe rest[0] == 0x0D, unsafe rest[1] == 0x0A else {
                    return (.failed(.badChunkEnd), consumed)
                }
                consumed += 2
                mode = .chunkSize
            case .chunkSize, .trailers:
                guard let length = unsafe lineLength(rest) else {
                    if rest.count > limits.lineBytes {
                        return (.failed(.lineTooLong(limit: limits.lineBytes)), consumed)
                    }
                    return (isEnd ? .failed(.endedEarly) : .needMore, consumed)
                }
                if length > limits.lineBytes {
                    return (.failed(.lineTooLong(limit: limits.lineBytes)), consumed)
                }
                guard length >= 1, unsafe rest[length - 1] == 0x0D else {
                    return (.failed(.bareLineFeed), consumed)
                }
                let line = unsafe UnsafeRawBufferPointer(rebasing: rest[0..<length - 1])
                if let failure = mode == .trailers ? unsafe trailer(line, limits) : unsafe chunkSize(line) {
                    return (.failed(failure), consumed)
                }
                consumed += length + 1
            }
        }
    }

    private mutating func chunkSize(_ line: UnsafeRawBufferPointer) -> HTTP1Error? {
        var size: Int64 = 0
        var digits = 0
        while digits < line.count, let digit = unsafe hexDigit(line[digits]) {
            guard digits < 15 else { return .badChunkSize }
            size = size << 4 | Int64(digit)
            digits += 1
        }
        guard digits > 0 else { return .badChunkSize }
        var place = digits
        while unsafe place < line.count && isBlank(line[place]) { place += 1 }
        // Extensions are read over (RFC 9112 §7.1.1), but must be text.
        guard unsafe place == line.count || line[place] == 0x3B else { return .badChunkSize }
        for place in place..<line.count where unsafe isForbiddenInValue(line[place]) { return .badChunkSize }
        remaining = size
        mode = size == 0 ? .trailers : .chunkData
        return nil
    }

    private mutating func trailer(_ line: UnsafeRawBufferPointer, _ limits: HTTP1Limits) -> HTTP1Error? {
        if unsafe line.isEmpty {
            mode = .none
            return nil
        }
        trailerBytes += Int32(line.count)
        if Int(trailerBytes) > limits.headBytes { return .headTooLong(limit: limits.headBytes) }
        var scanner = FieldScanner()
        let failure = unsafe scanner.read(line, limits: limits)
        // Framing in a trailer decides nothing (RFC 9110 §6.5.1), so only the syntax counts.
        switch failure {
        case .badContentLength, .differingContentLengths, .unknownTransferEncoding: return nil
        default: return failure
        }
    }
}

/// Where the first line feed is.
@inline(__always)
func lineLength(_ bytes: UnsafeRawBufferPointer) -> Int? {
    // SAFETY: memchr reads within the buffer and answers a place in it.
    guard let start = bytes.baseAddress, let found = unsafe memchr(start, 0x0A, bytes.count) else {
        return nil
    }
    return unsafe UnsafeRawPointer(found) - start
}

func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
}

/// Where a body ends: by length, by chunks, or with the connection. Pure and without references.
// SAFETY: bytes are read below their count only; no pointer is kept.
struct BodyFraming: Sendable {
    private enum Mode: UInt8, Sendable {
        case none, fixed, chunkSize, chunkData, chunkEnd, trailers, untilEnd
    }

    private var mode = Mode.none
    /// Of the body, or of the chunk.
    private var remaining: Int64 = 0
    /// Announced by chunks, or delivered until the end of the connection.
    private var total: Int64 = 0
    private var trailerBytes = 0
    private var trailers = 0
    /// No line feed lies before this in the bytes not consumed.
    private var scanned = 0

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

    /// - Parameter offset: of the bytes in their message.
    /// - Returns: what the bytes are, and how many of them are dealt with.
    mutating func next(
        _ bytes: UnsafeRawBufferPointer, isEnd: Bool, offset: Int, limits: HTTP1Limits
    ) -> (event: HTTP1Event, consumed: Int) {
        var place = 0
        while true {
            let step: Step
            switch mode {
            case .none: return (.end, place)
            case .fixed, .chunkData, .untilEnd:
                return unsafe data(bytes, from: place, isEnd: isEnd, limits: limits)
            case .chunkEnd: step = unsafe chunkEnd(bytes, place, offset)
            case .chunkSize: step = unsafe chunkSize(bytes, place, offset, limits)
            case .trailers: step = unsafe trailer(bytes, place, offset, limits)
            }
            switch step {
            case .next(let next):
                place = next
                scanned = 0
            case .needMore:
                scanned = bytes.count - place
                return (isEnd ? .failed(.endedEarly) : .needMore, place)
            case .failed(let error): return (.failed(error), place)
            }
        }
    }

    private enum Step {
        /// Dealt with up to here.
        case next(Int)
        case needMore
        case failed(HTTP1Error)
    }

    private mutating func data(
        _ bytes: UnsafeRawBufferPointer, from place: Int, isEnd: Bool, limits: HTTP1Limits
    ) -> (event: HTTP1Event, consumed: Int) {
        let limit = Int64(limits.bodyBytes)
        if mode == .fixed, remaining > limit {
            return (.failed(.bodyTooLong(limit: limits.bodyBytes)), place)
        }
        var count = Int64(bytes.count &- place)
        if count == 0 {
            guard isEnd else { return (.needMore, place) }
            guard mode == .untilEnd else { return (.failed(.endedEarly), place) }
            mode = .none
            return (.end, place)
        }
        if mode == .untilEnd {
            if total == limit { return (.failed(.bodyTooLong(limit: limits.bodyBytes)), place) }
            count = min(count, limit - total)
            total += count
        } else {
            count = min(count, remaining)
            remaining -= count
            if remaining == 0 { mode = mode == .fixed ? .none : .chunkEnd }
        }
        let end = place &+ Int(count)
        return (.body(place..<end), end)
    }

    private mutating func chunkEnd(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ offset: Int) -> Step {
        for (index, wanted) in [0x0D, 0x0A].enumerated() as EnumeratedSequence<[UInt8]> {
            guard start + index < bytes.count else { return .needMore }
            let byte = unsafe bytes[start + index]
            guard byte == wanted else {
                return .failed(.badChunkEnd(HTTP1Place(offset: offset + start + index, byte: byte)))
            }
        }
        mode = .chunkSize
        return .next(start + 2)
    }

    /// `1F;extension=value`; extensions are checked and dropped (RFC 9112 §7.1.1).
    private mutating func chunkSize(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, _ offset: Int, _ limits: HTTP1Limits
    ) -> Step {
        guard start < bytes.count else { return .needMore }
        var place = start
        func fault() -> Step {
            unsafe .failed(.badChunkSize(HTTP1Place(offset: offset + place, byte: bytes[place])))
        }
        // Judged as soon as it comes: what is out of step here may never end a line.
        guard unsafe hexDigit(bytes[start]) != nil else { return fault() }
        guard let feed = unsafe lineFeed(bytes, from: start + scanned) else {
            let isTooLong = bytes.count - start - 1 > limits.chunkLineBytes
            return isTooLong ? .failed(.chunkLineTooLong(limit: limits.chunkLineBytes)) : .needMore
        }
        if feed - 1 - start > limits.chunkLineBytes {
            return .failed(.chunkLineTooLong(limit: limits.chunkLineBytes))
        }
        guard unsafe bytes[feed - 1] == 0x0D else {
            return .failed(.bareLineFeed(HTTP1Place(offset: offset + feed, byte: 0x0A)))
        }
        var size: Int64 = 0
        while let digit = unsafe hexDigit(bytes[place]) {
            size = size > .max >> 4 ? .max : size << 4 | Int64(digit)
            place += 1
        }
        if place < feed - 1 {
            while unsafe isBlank(bytes[place]) { place += 1 }
            guard unsafe bytes[place] == 0x3B else { return fault() }
            while place < feed - 1 {
                if unsafe isForbiddenInValue(bytes[place]) { return fault() }
                place += 1
            }
        }
        if size > Int64(limits.bodyBytes) - total { return .failed(.bodyTooLong(limit: limits.bodyBytes)) }
        total += size
        remaining = size
        mode = size == 0 ? .trailers : .chunkData
        return .next(feed + 1)
    }

    private mutating func trailer(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, _ offset: Int, _ limits: HTTP1Limits
    ) -> Step {
        let feed = unsafe lineFeed(bytes, from: start + scanned)
        let end = feed.map { $0 + 1 } ?? bytes.count
        // The line that ends the trailers does not count.
        if trailerBytes + end - start - 2 > limits.trailerBytes {
            return .failed(.trailersTooLong(limit: limits.trailerBytes))
        }
        guard let feed else { return .needMore }
        guard feed > start, unsafe bytes[feed - 1] == 0x0D else {
            return .failed(.bareLineFeed(HTTP1Place(offset: offset + feed, byte: 0x0A)))
        }
        if feed == start + 1 {
            mode = .none
            return .next(feed + 1)
        }
        trailerBytes += end - start
        trailers += 1
        if trailers > limits.headers { return .failed(.tooManyHeaders(limit: limits.headers)) }
        // Framing in a trailer decides nothing (RFC 9110 §6.5.1), so only the syntax counts.
        var scanner = FieldScanner()
        if let failure = unsafe scanner.readLine(bytes, start..<feed - 1, offset: offset, limits: limits) {
            return .failed(failure)
        }
        return .next(feed + 1)
    }
}

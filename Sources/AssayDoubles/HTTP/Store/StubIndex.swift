internal import AssayFormats
internal import AssayNet

/// A stub as it is kept: in its place among the others, its templates compiled.
final class StoredStub: Sendable {
    let stub: Stub
    /// Counts up; the newest wins among equals.
    let number: Int
    /// Where its method and address begin to be looked at.
    let key: StubIndex.Key
    /// The whole answer, when it is the same for every request.
    let prepared: HTTPResponse?

    init(_ stub: Stub, number: Int) {
        self.stub = stub
        self.number = number
        if case .response(let response) = stub.answer, stub.compiled == nil {
            prepared = response.prepared
        } else {
            prepared = nil
        }
        key = StubIndex.Key(stub.request.url)
    }

    /// Whether this one is asked before another.
    func comes(before other: StoredStub) -> Bool {
        (stub.priority, -number) < (other.stub.priority, -other.number)
    }
}

/// Finds the stubs that a request's address may belong to without asking the others.
///
/// Three shelves: by the whole literal path, by a literal first segment, and the rest; each in the order in which
/// stubs are asked. A request's candidates are the three shelves merged.
final class StubIndex: Sendable {
    /// Which shelf a stub is on.
    enum Key: Sendable, Equatable {
        case path([UInt8])
        /// With the slash before it.
        case segment([UInt8])
        case any
    }

    /// All stubs in the order in which they are asked.
    let stubs: [StoredStub]
    private let paths: AddressTable
    private let segments: AddressTable
    private let rest: [StoredStub]

    init(_ stubs: some Sequence<StoredStub>) {
        self.stubs = stubs.sorted { $0.comes(before: $1) }
        var paths: [[UInt8]: [StoredStub]] = [:]
        var segments: [[UInt8]: [StoredStub]] = [:]
        var rest: [StoredStub] = []
        for stub in self.stubs {
            switch stub.key {
            case .path(let bytes): paths[bytes, default: []].append(stub)
            case .segment(let bytes): segments[bytes, default: []].append(stub)
            case .any: rest.append(stub)
            }
        }
        self.paths = AddressTable(paths)
        self.segments = AddressTable(segments)
        self.rest = rest
    }

    /// The first stub whose pattern matches and that `accepts`.
    func first(for request: StubRequest, where accepts: (StoredStub) -> Bool) -> StoredStub? {
        let target = request.http.target.utf8Span.span
        let start = request.pathStart
        let end = request.pathEnd
        let exact = paths.values(target, from: start, to: end)
        var firstEnd = min(start + 1, end)
        while firstEnd < end, target[firstEnd] != UInt8(ascii: "/") { firstEnd += 1 }
        let prefixed = segments.values(target, from: start, to: firstEnd)
        var (a, b, c) = (0, 0, 0)
        while true {
            var next = a < exact.count ? exact[a] : nil
            var shelf = 0
            if b < prefixed.count, next.map({ prefixed[b].comes(before: $0) }) ?? true {
                next = prefixed[b]
                shelf = 1
            }
            if c < rest.count, next.map({ rest[c].comes(before: $0) }) ?? true {
                next = rest[c]
                shelf = 2
            }
            guard let candidate = next else { return nil }
            switch shelf {
            case 0: a += 1
            case 1: b += 1
            default: c += 1
            }
            if candidate.stub.request.matches(request), accepts(candidate) { return candidate }
        }
    }
}

extension StubIndex.Key {
    init(_ url: URLMatcher) {
        switch url {
        case .any: self = .any
        case .url(let text): self = .path(Array(text.utf8.prefix { $0 != UInt8(ascii: "?") }))
        case .path(let text): self = .path(Array(text.utf8))
        case .urlPattern(let pattern), .pathPattern(let pattern): self = Self.segment(of: pattern.source)
        case .template(let template): self = Self.segment(template.prefix, isWhole: false)
        }
    }

    /// The first segment, when it is whole and literal.
    private static func segment(_ prefix: [UInt8], isWhole: Bool) -> Self {
        guard prefix.first == UInt8(ascii: "/") else { return .any }
        if let end = prefix.dropFirst().firstIndex(of: UInt8(ascii: "/")) {
            return .segment(Array(prefix[..<end]))
        }
        return isWhole ? .segment(prefix) : .any
    }

    /// Of an expression: the letters up to the first sign that may mean something; none when there is a choice.
    private static func segment(of source: String) -> Self {
        var bytes = Array(source.utf8)[...]
        if bytes.contains(UInt8(ascii: "|")) { return .any }
        if bytes.first == UInt8(ascii: "^") { bytes = bytes.dropFirst() }
        let literal = bytes.prefix { byte in
            byte == UInt8(ascii: "/") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                || byte &- 0x30 <= 9 || (byte | 0x20) &- 0x61 < 26
        }
        // `/a/?b` may be `/ab`: the sign makes the last letter optional.
        let next = bytes[literal.endIndex...].first
        let isOptional = next.map { [0x3F, 0x2A, 0x7B].contains($0) } ?? false
        return segment(Array(isOptional ? literal.dropLast() : literal), isWhole: false)
    }
}

/// A hash table over pieces of a text that need not be taken out of it.
struct AddressTable: Sendable {
    private struct Slot: Sendable {
        var key: [UInt8]
        var values: [StoredStub]
    }

    private var slots: [Slot?]
    private let mask: Int

    init(_ entries: [[UInt8]: [StoredStub]]) {
        var size = 4
        while size < entries.count * 2 { size *= 2 }
        slots = Array(repeating: nil, count: size)
        mask = size - 1
        for (key, values) in entries {
            var place = Self.hash(key.span, from: 0, to: key.count) & mask
            while slots[place] != nil { place = (place + 1) & mask }
            slots[place] = Slot(key: key, values: values)
        }
    }

    func values(_ text: Span<UInt8>, from start: Int, to end: Int) -> [StoredStub] {
        var place = Self.hash(text, from: start, to: end) & mask
        while let slot = slots[place] {
            if slot.key.count == end - start, Self.same(slot.key, text, start) { return slot.values }
            place = (place + 1) & mask
        }
        return []
    }

    private static func same(_ key: [UInt8], _ text: Span<UInt8>, _ start: Int) -> Bool {
        for index in key.indices where key[index] != text[start + index] { return false }
        return true
    }

    /// FNV-1a. Stubs are the user's own, so nobody gains by making them collide.
    private static func hash(_ text: Span<UInt8>, from start: Int, to end: Int) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in start..<end { hash = (hash ^ UInt64(text[index])) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: hash ^ hash >> 32)
    }
}

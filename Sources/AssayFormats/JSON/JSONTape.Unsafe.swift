extension JSONTape {
    /// Validates `bytes` as one JSON text (RFC 8259, UTF-8, no byte order mark) and makes it the tape's document.
    ///
    /// - Parameter maxDepth: how deep arrays and objects may be nested.
    /// - Throws: where the text stops being JSON; the tape is empty then.
    public mutating func parse(_ bytes: RawSpan, maxDepth: Int = defaultMaxDepth) throws(JSONError) {
        entryCount = 0
        textCount = 0
        guard bytes.byteCount < Int32.max else {
            throw JSONError(.shorterText, at: 0, in: [])
        }
        load(bytes)
        while true {
            let result = scan(maxDepth: maxDepth)
            if let reason = result.reason {
                throw JSONError(reason, at: result.offset, in: text.prefix(textCount))
            }
            if !result.isFull {
                entryCount = result.used
                return
            }
            // Scanning starts anew; geometric growth makes that at most twice the work, once.
            let size = min(max(64, entries.count * 2, textCount / 8), textCount + 1)
            entries = [Entry](repeating: Entry(kind: .null, start: 0, end: 0, next: 0), count: size)
        }
    }

    public mutating func parse(_ bytes: Span<UInt8>, maxDepth: Int = defaultMaxDepth) throws(JSONError) {
        // SAFETY: a byte has no padding, so all of the span's memory is initialized.
        try unsafe parse(bytes.bytes, maxDepth: maxDepth)
    }

    public mutating func parse(_ bytes: [UInt8], maxDepth: Int = defaultMaxDepth) throws(JSONError) {
        try parse(bytes.span, maxDepth: maxDepth)
    }

    private mutating func load(_ bytes: RawSpan) {
        let count = bytes.byteCount
        if text.count < count + 8 || (text.count > Self.retainedBytes && count < Self.retainedBytes / 4) {
            text = [UInt8](repeating: 0, count: max(1024, count + count / 4 + 8))
            if entries.count * MemoryLayout<Entry>.stride > Self.retainedBytes { entries = [] }
        }
        textCount = count
        // SAFETY: `text` holds at least `count + 8` bytes, and the source is another buffer.
        unsafe text.withUnsafeMutableBytes { target in
            unsafe bytes.withUnsafeBytes { source in unsafe target.copyMemory(from: source) }
            unsafe target.storeBytes(of: 0, toByteOffset: count, as: UInt64.self)
        }
    }

    private struct ScanResult {
        var reason: JSONError.Reason?
        var offset: Int
        var used: Int
        var isFull: Bool
    }

    private mutating func scan(maxDepth: Int) -> ScanResult {
        let count = textCount
        // SAFETY: the scanner's demands are met: eight zero bytes follow the text, and the entries' room is said.
        return unsafe text.withUnsafeBufferPointer { bytes in
            unsafe entries.withUnsafeMutableBufferPointer { entries in
                guard let start = bytes.baseAddress, let base = entries.baseAddress else {
                    return ScanResult(reason: nil, offset: 0, used: 0, isFull: true)
                }
                var scanner = unsafe JSONScanner(
                    bytes: start, count: count, entries: entries, base: base, maxDepth: maxDepth)
                let reason = unsafe scanner.scan()
                return unsafe ScanResult(
                    reason: reason, offset: scanner.at, used: scanner.used, isFull: scanner.isFull)
            }
        }
    }

    /// The value at `path`; of repeated names the last counts. Allocates nothing unless a name has escapes.
    public func node(at path: CompiledPath) -> Node? {
        guard entryCount > 0 else { return nil }
        // SAFETY: pointers stay within the closures. Entry indices come from the scanner, which set each `next` to
        // at most `entryCount`, each name's range within `text`, and gave every name a value behind it.
        return unsafe entries.withUnsafeBufferPointer { entries in
            unsafe text.withUnsafeBufferPointer { text in
                unsafe path.names.withUnsafeBufferPointer { names in
                    var place = 0
                    for step in path.steps {
                        let found =
                            step.length < 0
                            ? unsafe element(step.place, of: place, entries)
                            : unsafe member(
                                UnsafeBufferPointer(rebasing: names[step.place..<step.place + step.length]),
                                of: place, entries, text)
                        guard found >= 0 else { return nil }
                        place = found
                    }
                    return Node(index: place)
                }
            }
        }
    }

    /// - Returns: the element's index on the tape, or -1.
    private func element(_ index: Int, of array: Int, _ entries: UnsafeBufferPointer<Entry>) -> Int {
        guard unsafe entries[array].kind == .array else { return -1 }
        let end = unsafe Int(entries[array].next)
        var left = index
        if index < 0 {
            var child = array + 1
            while child < end {
                left += 1
                child = unsafe Int(entries[child].next)
            }
            guard left >= 0 else { return -1 }
        }
        var child = array + 1
        while child < end {
            if left == 0 { return child }
            left -= 1
            child = unsafe Int(entries[child].next)
        }
        return -1
    }

    /// - Returns: the index on the tape of the last member called `name`, or -1.
    private func member(
        _ name: UnsafeBufferPointer<UInt8>, of object: Int, _ entries: UnsafeBufferPointer<Entry>,
        _ text: UnsafeBufferPointer<UInt8>
    ) -> Int {
        guard unsafe entries[object].kind == .object else { return -1 }
        let end = unsafe Int(entries[object].next)
        var found = -1
        var child = object + 1
        while child < end {
            let entry = unsafe entries[child]
            if unsafe matches(entry, name, text) { found = child + 1 }
            child = unsafe Int(entries[child + 1].next)
        }
        return found
    }

    @inline(__always)
    private func matches(
        _ entry: Entry, _ name: UnsafeBufferPointer<UInt8>, _ text: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        if entry.isEscaped { return unsafe decodedBytes(entry).elementsEqual(name) }
        let start = Int(entry.start)
        let length = Int(entry.end) - start
        guard length == name.count else { return false }
        for place in 0..<length where unsafe text[start + place] != name[place] { return false }
        return true
    }

    /// Whether a string on the tape has exactly these scalars.
    func equals(_ entry: Entry, text literal: String) -> Bool {
        // SAFETY: the range of a string entry lies within `text`; pointers stay within the closures.
        let same = unsafe literal.utf8.withContiguousStorageIfAvailable { name in
            unsafe text.withUnsafeBufferPointer { text in unsafe matches(entry, name, text) }
        }
        return same ?? decodedBytes(entry).elementsEqual(literal.utf8)
    }
}

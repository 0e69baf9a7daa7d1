import AssayWire

/// Any bytes as a packed body: in pieces it is what it is whole, within its limit; and packing is undone by unpacking.
public func fuzzContent(_ bytes: [UInt8]) {
    let limit = 1 << 16
    for coding in ContentCoding.allCases {
        let whole = unpack(bytes, coding, piece: max(1, bytes.count), limit)
        precondition(whole.output.count <= limit, "more came out than the limit")
        for size in [1, 7] {
            let cut = unpack(bytes, coding, piece: size, limit)
            // How far zlib has come when it refuses damaged data depends on the pieces.
            precondition(cut.isWhole == whole.isWhole, "in pieces it is different")
            precondition(!whole.isWhole || cut.output == whole.output, "in pieces other bytes come out")
        }
        guard let packed = try? encodeContent(bytes, as: coding) else { preconditionFailure("not packed") }
        let again = try? decodeContent(packed, encoding: coding.rawValue, limitBytes: bytes.count)
        precondition(again == bytes, "unpacking does not undo packing")
    }
}

private func unpack(
    _ bytes: [UInt8], _ coding: ContentCoding, piece: Int, _ limit: Int
) -> (output: [UInt8], isWhole: Bool) {
    var decoder = ContentDecoder(coding, limitBytes: limit)
    var output: [UInt8] = []
    do throws(ContentError) {
        for start in stride(from: 0, to: bytes.count, by: piece) {
            try unsafe decoder.decode(
                bytes.span.bytes.extracting(start..<min(start + piece, bytes.count)), into: &output)
        }
        try decoder.finish()
        return (output, true)
    } catch {
        precondition(!error.description.isEmpty)
        return (output, false)
    }
}

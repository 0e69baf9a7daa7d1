internal import AssayCore
internal import AssayFormats
internal import AssayReport
internal import AssayWire

/// Thin records of load runs as the history keeps them: JSON lines, gzip, base64.
enum ThinRecords {
    /// A record that is larger when packed is made thinner still.
    static let limitBytes = 256 * 1024
    private static let unpackedLimitBytes = 64 << 20

    /// - Returns: `nil` of a record without intervals, and of one that is too large however thin.
    static func packed(_ record: RunRecord) -> String? {
        for (chunks, series) in [(RunRecord.chunkLimit, 200), (30, 120), (15, 60)] {
            guard let width = record.chunkWidth(limit: chunks) else { return nil }
            let bytes = RecordWriter.render(record.thinned(width: width, seriesLimit: series))
            guard let small = try? encodeContent(bytes, as: .gzip) else { return nil }
            let text = Base64.standard.encode(small)
            if text.utf8.count <= limitBytes { return text }
        }
        return nil
    }

    /// - Returns: `nil` when it is none, or one of a newer Assay.
    static func unpacked(_ text: String) -> RunRecord? {
        guard let small = Base64.decode(text),
            let bytes = try? decodeContent(small, encoding: "gzip", limitBytes: unpackedLimitBytes)
        else { return nil }
        return try? RecordReader.read(bytes, file: "the history").record
    }
}

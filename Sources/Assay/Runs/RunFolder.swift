internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayReport

/// Where one run leaves its record, reports and logs: `.assay/runs/<time>-<name>/`.
struct RunFolder {
    let path: String
    private let record: AppendingFile

    /// - Parameter chosen: the folder that the person named; else one is made below the project's `.assay/runs`.
    static func make(chosen: String?, project: String, name: String, at milliseconds: Int64)
        throws(SystemError)
        -> RunFolder
    {
        if let chosen {
            try Files.makeFolder(chosen)
            return try RunFolder(path: chosen)
        }
        let runs = (project == "." ? "" : project + "/") + ".assay/runs"
        let stamp = Self.stamp(milliseconds)
        let safe = String(
            name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "-" }.prefix(40))
        var path = "\(runs)/\(stamp)-\(safe)"
        var copy = 2
        while Files.kind(of: path) != nil {
            path = "\(runs)/\(stamp)-\(safe)-\(copy)"
            copy += 1
        }
        try Files.makeFolder(path)
        return try RunFolder(path: path)
    }

    private init(path: String) throws(SystemError) {
        self.path = path
        record = try AppendingFile(path + "/record.jsonl", truncating: true)
    }

    /// Takes a run back that came to nothing.
    ///
    /// - Parameter wholly: the folder too, which was made for it.
    func discard(wholly: Bool) {
        try? Files.remove(wholly ? path : path + "/record.jsonl")
    }

    /// `20261121-101500`, UTC.
    private static func stamp(_ milliseconds: Int64) -> String {
        let text = CivilTime(milliseconds: milliseconds).text
        let digits = text.prefix(19).filter(\.isNumber)
        return digits.prefix(8) + "-" + digits.dropFirst(8)
    }

    /// Adds one line to the record; a full disk is told once, at the end.
    func append(_ event: RunEvent) throws(SystemError) {
        var bytes: [UInt8] = []
        RecordWriter.write(event, into: &bytes)
        try record.append(bytes)
    }

    func write(_ text: String, as name: String) throws(SystemError) {
        try Files.write(Array(text.utf8), to: path + "/" + name)
    }
}

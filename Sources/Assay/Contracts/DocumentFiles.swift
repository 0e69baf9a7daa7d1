internal import AssayContracts
internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// Reads documents of contracts from disk: OpenAPI and schemas, JSON or YAML.
enum DocumentFiles {
    /// Large documents are made by programs; GitHub's is 12 MB.
    static let limits = YAMLLimits(bytes: 64 << 20, depth: 200, nodes: 5_000_000)

    /// What other documents are found by: paths as the current folder has them. Nothing is read from the network.
    static let documents = SchemaDocuments(reading: { path in
        let bag = DiagnosticBag()
        return reading(path, bag).flatMap { SchemaDocument($0) }
    })

    /// - Returns: `nil` when the file cannot be read (AS444) or is neither; the bag has why.
    static func reading(_ path: String, _ bag: DiagnosticBag) -> YAMLReading? {
        let bytes: [UInt8]
        do {
            bytes = try Files.read(path, limitBytes: limits.bytes)
        } catch {
            bag.add(Diagnostic("AS444", "the document cannot be read: \(error)"))
            return nil
        }
        return YAMLReading(parsing: bytes, file: path, bag: bag, limits: limits)
    }
}

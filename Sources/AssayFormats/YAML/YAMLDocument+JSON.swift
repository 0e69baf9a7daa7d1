import AssayCore

extension YAMLReading {
    /// Reads a file that must be JSON, like those that other tools record; its places are those of the text.
    ///
    /// - Returns: `nil` after recording AS002 with the place where the text stops being JSON, or AS001–AS008 for what is
    ///   wrong with it otherwise.
    public init?(
        parsingJSON bytes: [UInt8], file: String, bag: DiagnosticBag, limits: YAMLLimits = .standard
    ) {
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        guard bytes.count <= limits.bytes else {
            self.init(parsing: bytes, file: file, bag: bag, limits: limits)
            return
        }
        guard let document = YAMLDocument(json: content, file: file, limits: limits) else {
            if let problem = Self.problem(content, file: file, limits: limits) {
                bag.add(problem)
                return nil
            }
            self.init(parsing: content, file: file, bag: bag, limits: limits)
            return
        }
        self.init(document, bag: bag)
    }

    private static func problem(_ bytes: [UInt8], file: String, limits: YAMLLimits) -> Diagnostic? {
        do throws(JSONError) {
            _ = try JSON(parsing: bytes, maxDepth: limits.depth)
            return nil
        } catch {
            let source = SourceText(String(decoding: bytes, as: UTF8.self), file: file)
            return source.completed(
                Diagnostic(
                    "AS002", "this is not JSON: expected \(error.expected), found \(error.actual)",
                    at: SourceLocation(file: file, line: error.line, column: error.column)))
        }
    }
}

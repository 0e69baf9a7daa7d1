public import AssayCore
import AssayFormats

/// Reads coverage reports; which kind it is, the content says.
public enum CoverageReader {
    /// The kinds that are read.
    public enum Kind: String, Sendable, CaseIterable {
        case cobertura = "Cobertura XML"
        case lcov
        case goProfile = "Go coverprofile"
        case llvmJSON = "llvm-cov JSON"
    }

    /// - Parameter file: path of the report, for messages.
    /// - Throws: AS224 for a text of no known kind, AS225 for a place at which it is not what its kind says; AS220 and
    ///   AS221 for Cobertura that is no XML.
    public static func read(_ bytes: [UInt8], file: String) throws(Diagnostic) -> CoverageReport {
        switch try kind(of: bytes, file: file) {
        case .cobertura: try CoberturaReading.read(bytes, file: file)
        case .lcov: try LcovReading.read(bytes, file: file)
        case .goProfile: try GoProfileReading.read(bytes, file: file)
        case .llvmJSON: try LLVMCoverageReading.read(bytes, file: file)
        }
    }

    /// Looks at the beginning of a report.
    public static func kind(of bytes: [UInt8], file: String) throws(Diagnostic) -> Kind {
        let isMarked = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        let rest = (isMarked ? bytes.dropFirst(3) : bytes[...]).drop { $0 <= 0x20 }
        let start = SourceLocation(file: file, line: 1, column: 1)
        guard let first = rest.first else {
            throw Diagnostic("AS224", "the coverage report is empty", at: start)
        }
        switch first {
        case UInt8(ascii: "<"): return .cobertura
        case UInt8(ascii: "{"): return .llvmJSON
        default: break
        }
        if rest.starts(with: "mode:".utf8) { return .goProfile }
        let line = String(decoding: rest.prefix { $0 != 0x0A && $0 != 0x0D }.prefix(60), as: UTF8.self)
        if ["TN:", "SF:", "VER:", "#"].contains(where: line.hasPrefix) { return .lcov }
        throw Diagnostic(
            "AS224", "this is no coverage report that Assay knows: it begins with '\(line)'", at: start,
            fix: "read are \(Kind.allCases.map(\.rawValue).joined(separator: ", "))")
    }
}

/// A text report, line by line.
struct ReportLines {
    let file: String
    private var rest: ArraySlice<UInt8>
    private(set) var number = 0

    init(_ bytes: [UInt8], file: String) {
        self.file = file
        rest = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    }

    /// The next line without its break and without spaces around it; `nil` at the end.
    mutating func next() -> Substring? {
        guard !rest.isEmpty else { return nil }
        let line = rest.prefix { $0 != 0x0A }
        rest = rest.dropFirst(line.count + 1)
        number += 1
        let text = String(decoding: line, as: UTF8.self)
        let trimmed = text.drop { $0 == " " }
        return trimmed[
            ..<(trimmed.lastIndex { $0 != " " && $0 != "\r" && $0 != "\t" }.map(trimmed.index(after:))
                ?? trimmed.startIndex)]
    }

    func fault(_ kind: CoverageReader.Kind, expected: String, found: some StringProtocol) -> Diagnostic {
        Diagnostic(
            "AS225",
            "this \(kind.rawValue) report is damaged: expected \(expected), found '\(found.prefix(80))'",
            at: SourceLocation(file: file, line: max(1, number), column: 1))
    }
}

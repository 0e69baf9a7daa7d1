import AssayCore
import AssayFormats
import AssayNet
import Testing

@testable import AssayDoubles

/// Reads the doubles of a text as `assay.yml` would have them.
///
/// - Parameter files: what options may name.
func readDoubles(
    _ text: String, files: [String: String] = [:]
) throws -> (doubles: [DoubleSpec], problems: [Diagnostic]) {
    let bag = DiagnosticBag()
    let yaml = try #require(YAMLReading(parsing: Array(text.utf8), file: "assay.yml", bag: bag))
    let reader = DoubleReader(yaml) { path throws(SystemError) in
        guard let text = files[path] else { throw SystemError(call: "open", errno: 2, subject: path) }
        return Array(text.utf8)
    }
    let doubles = reader.read(yaml.root)
    return (doubles, bag.all)
}

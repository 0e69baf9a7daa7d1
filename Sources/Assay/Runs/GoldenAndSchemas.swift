internal import AssayCore
internal import AssayFormats
internal import AssayScenario

/// Judges the matchers that need files, relative to the project's folder.
struct FileMatchers: ExternalMatchers {
    let schemas: SchemaFiles
    let golden: GoldenFolder
    /// Rewrites golden files instead of comparing.
    let updatesGolden: Bool

    func judgeSchema(
        _ reference: String, _ value: JSON, subject: String, location: SourceLocation?
    ) -> [Mismatch] {
        schemas.judge(reference, value, subject: subject, location: location)
    }

    func judgeGolden(
        _ path: String, masks: [String], _ value: JSON, subject: String, location: SourceLocation?
    ) -> [Mismatch] {
        do {
            var paths: [JSONPath] = []
            for mask in masks { paths.append(try JSONPath(parsing: mask)) }
            if updatesGolden {
                try golden.update(path, value, masks: paths, location: location)
                return []
            }
            return try golden.judge(path, value, masks: paths, subject: subject, location: location)
        } catch {
            return [
                Mismatch(
                    subject: subject, expected: "the golden file \(path)", actual: "\(error)",
                    location: location)
            ]
        }
    }
}

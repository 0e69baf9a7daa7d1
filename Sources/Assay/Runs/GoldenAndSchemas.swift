internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario

/// Judges the matchers that need files, relative to the project's folder.
struct FileMatchers: ExternalMatchers {
    let folder: String
    /// Rewrites golden files instead of comparing.
    let updatesGolden: Bool
    let schemas: SchemaFiles

    init(folder: String, updatesGolden: Bool) {
        self.folder = folder
        self.updatesGolden = updatesGolden
        schemas = SchemaFiles(folder: folder)
    }

    func judgeSchema(
        _ reference: String, _ value: JSON, subject: String, location: SourceLocation?
    ) -> [Mismatch] {
        schemas.judge(reference, value, subject: subject, location: location)
    }

    func judgeGolden(
        _ path: String, masks: [String], _ value: JSON, subject: String, location: SourceLocation?
    ) -> [Mismatch] {
        func mismatch(_ expected: String, _ actual: String) -> [Mismatch] {
            [Mismatch(subject: subject, expected: expected, actual: actual, location: location)]
        }
        let place = path.hasPrefix("/") ? path : folder + "/" + path
        do {
            var paths: [JSONPath] = []
            for mask in masks { paths.append(try JSONPath(parsing: mask)) }
            if updatesGolden {
                let kept = GoldenComparison.masked(value, by: paths)
                let above = place.split(separator: "/", omittingEmptySubsequences: false).dropLast()
                try Files.makeFolder(above.joined(separator: "/"))
                try Files.write(Array((kept.rendered(pretty: true) + "\n").utf8), to: place)
                return []
            }
            guard Files.kind(of: place) == .file else {
                return mismatch("the golden file \(path)", "there is none; make it with --update-golden")
            }
            let kept = try JSON(parsing: try Files.read(place))
            return GoldenComparison.judge(
                kept: kept, actual: value, masks: paths, file: path, subject: subject, location: location)
        } catch {
            return mismatch("the golden file \(path)", "\(error)")
        }
    }
}

internal import AssayCore
internal import AssayFormats
internal import AssayScenario
internal import AssayStand

/// A stand marked `production` is only read: no load, and no scenario that may write.
extension Project {
    /// The one reason why no load is put on this stand; `nil` when it may be.
    ///
    /// - Parameter files: for the lines that diagnostics show.
    func loadRefusal(_ files: FileReader) -> Diagnostics? {
        stand.production.map { place in
            files.completed([
                Diagnostic(
                    "AS213", "no load is put on this stand, which is marked production", at: place,
                    fix: "run the profile in a project whose stand has no `production: true`")
            ])
        }
    }

    /// The one reason why no Swift tests run on this stand, which write by nature; `nil` when they may.
    func testsRefusal(_ files: FileReader) -> Diagnostics? {
        stand.production.map { place in
            files.completed([
                Diagnostic(
                    "AS285", "no Swift tests run on this stand, which is marked production", at: place,
                    fix: "name a project whose stand has no `production: true`")
            ])
        }
    }

    /// Every step of these scenarios that may write; `nil` when this stand may be written to, or none does.
    func writeRefusals(_ scenarios: [Scenario], _ files: FileReader) -> Diagnostics? {
        guard let production = stand.production else { return nil }
        var seen: Set<SourceLocation> = []
        let findings = scenarios.flatMap { scenario in
            scenario.writes.filter { seen.insert($0.location).inserted }.map { finding in
                Diagnostic(
                    "AS212",
                    "step '\(finding.step)' of '\(scenario.name)' \(finding.what), and the stand is marked "
                        + "production (\(production.file):\(production.line))", at: finding.location,
                    fix: "leave the scenario out with tags or paths")
            }
        }
        return findings.isEmpty ? nil : files.completed(findings)
    }
}

extension FileReader {
    /// Diagnostics with the text of their lines.
    fileprivate func completed(_ diagnostics: [Diagnostic]) -> Diagnostics {
        var sources: [String: SourceText] = [:]
        for file in Set(diagnostics.compactMap { $0.location?.file }) {
            if case .success(let text) = bytes(file) {
                sources[file] = SourceText(String(decoding: text, as: UTF8.self), file: file)
            }
        }
        return Diagnostics(
            diagnostics.map { found in
                found.location.flatMap { sources[$0.file] }?.completed(found) ?? found
            })
    }
}

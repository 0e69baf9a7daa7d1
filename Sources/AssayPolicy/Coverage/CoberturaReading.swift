import AssayCore
import AssayFormats

/// Cobertura XML: `class filename` with `line number hits`; lines of methods are also lines of their class.
enum CoberturaReading {
    static func read(_ bytes: [UInt8], file: String) throws(Diagnostic) -> CoverageReport {
        var xml = try XMLReader(bytes, file: file)
        var report = CoverageReport()
        var places: [String: Int] = [:]
        var current: Int?
        var isFirst = true
        while let event = try xml.next() {
            switch event.kind {
            case .start(let name, let attributes):
                if isFirst { try checkRoot(name, xml.location(event)) }
                isFirst = false
                switch name {
                case "source":
                    let folder = try xml.text().filter { $0 != "\n" }
                    let trimmed = String(folder.drop { $0 == " " })
                    if !trimmed.isEmpty { report.sources.append(trimmed) }
                case "project": throw otherDialect("Clover", xml.location(event))
                case "class":
                    let path = try attribute("filename", of: name, attributes, xml.location(event))
                    if places[path] == nil {
                        places[path] = report.files.count
                        report.files.append(FileCoverage(path: path))
                    }
                    current = places[path]
                case "line":
                    guard let current else { break }
                    let number = try number("number", attributes, xml.location(event))
                    let hits = try self.number("hits", attributes, xml.location(event))
                    if number > 0 { report.files[current].add(line: number, isCovered: hits > 0) }
                default: break
                }
            case .end(let name): if name == "class" { current = nil }
            case .text: break
            }
        }
        return report
    }

    private static func checkRoot(_ name: String, _ location: SourceLocation) throws(Diagnostic) {
        if name == "coverage" { return }
        if name == "report" { throw otherDialect("JaCoCo", location) }
        throw Diagnostic(
            "AS224", "this is no Cobertura XML: it begins with <\(name)>, expected <coverage>", at: location)
    }

    private static func otherDialect(_ name: String, _ location: SourceLocation) -> Diagnostic {
        Diagnostic(
            "AS224", "this is \(name) XML, which is not read", at: location,
            fix: "let the tool write Cobertura XML or lcov")
    }

    private static func attribute(
        _ name: String, of element: String, _ attributes: [XMLAttribute], _ location: SourceLocation
    ) throws(Diagnostic) -> String {
        guard let value = attributes.first(where: { $0.name == name })?.value, !value.isEmpty else {
            throw Diagnostic(
                "AS225",
                "this Cobertura XML report is damaged: expected <\(element)> with `\(name)`, found none",
                at: location)
        }
        return value
    }

    private static func number(
        _ name: String, _ attributes: [XMLAttribute], _ location: SourceLocation
    ) throws(Diagnostic) -> Int {
        let text = try attribute(name, of: "line", attributes, location)
        // Counts beyond 64 bits have been seen as floating-point numbers.
        if let number = Int(text) ?? Double(text).map({ $0 > 0 ? 1 : 0 }) { return number }
        throw Diagnostic(
            "AS225",
            "this Cobertura XML report is damaged: expected a number as `\(name)`, found '\(text.prefix(40))'",
            at: location)
    }
}

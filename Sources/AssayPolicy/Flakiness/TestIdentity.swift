public import AssayCore

/// What a test is called: by level, scenario and case, or by its file.
public struct TestIdentity: Sendable, Hashable {
    public var level: String
    public var scenario: String
    public var caseName: String?
    /// From the project's folder on, without `./`.
    public var file: String

    /// - Parameter folder: the project's folder, with which `file` begins.
    public init(
        level: String, scenario: String, caseName: String? = nil, file: String,
        projectFolder folder: String = "."
    ) {
        self.level = level
        self.scenario = scenario
        self.caseName = caseName
        self.file = Self.inside(folder, file)
    }

    /// - Parameter folder: the project's folder, with which the paths of the result begin.
    public init(_ result: TestResult, projectFolder folder: String) {
        self.init(
            level: result.level, scenario: result.scenario, caseName: result.caseName,
            file: result.location.file, projectFolder: folder)
    }

    /// `level › scenario [case]`
    public var title: String { "\(level) › \(scenario)" + (caseName.map { " [\($0)]" } ?? "") }

    /// Whether a person means this test by `name`.
    ///
    /// Forms: `level › scenario [case]`, `level › scenario` for all of its cases, a file, `file::name` with the name of a
    /// scenario or case. `>` stands for `›`.
    public func isNamed(_ name: String) -> Bool {
        let text = name.replacing(" > ", with: " › ")
        if text == title || text == "\(level) › \(scenario)" { return true }
        if let parts = Self.fileAndName(text) {
            return Self.inside(".", parts.file) == file && (parts.name == scenario || parts.name == caseName)
        }
        return Self.inside(".", text) == file
    }

    /// The name that a person most likely meant by one that no test answers to; `nil` when none is near.
    ///
    /// A scenario's name alone is answered with its level before it.
    public static func nearest(to name: String, among tests: [TestIdentity]) -> String? {
        if name.contains("::") {
            let forms = tests.flatMap { test in
                [test.scenario, test.caseName].compactMap(\.self).map { "\(test.file)::\($0)" }
            }
            return nearestName(to: name, among: forms)
        }
        if name.contains(" › ") || name.contains(" > ") {
            return nearestName(to: name, among: tests.flatMap { [$0.title, "\($0.level) › \($0.scenario)"] })
        }
        if let file = nearestName(to: name, among: tests.map(\.file)) { return file }
        let scenario = nearestName(to: name, among: tests.map(\.scenario))
        return tests.first { $0.scenario == scenario }.map { "\($0.level) › \($0.scenario)" }
    }

    static func fileAndName(_ text: String) -> (file: String, name: String)? {
        guard let mark = text.firstRange(of: "::") else { return nil }
        return (String(text[..<mark.lowerBound]), String(text[mark.upperBound...]))
    }

    /// A path without the folder that it begins with, and without `./`.
    static func inside(_ folder: String, _ path: String) -> String {
        var rest = path[...]
        if folder != ".", rest.hasPrefix(folder + "/") { rest = rest.dropFirst(folder.count + 1) }
        while rest.hasPrefix("./") { rest = rest.dropFirst(2) }
        return String(rest)
    }
}

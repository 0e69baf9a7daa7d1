import AssayCore
import AssayFormats
import AssayScenario

@testable import AssayImport

/// A script of one scenario whose flow is `steps`, behind a target.
func script(_ steps: String, config: String = "") -> String {
    "config:\n  target: http://127.0.0.1:8080\n" + indented(config, 2)
        + "scenarios:\n  - name: one\n    flow:\n"
        + indented(steps, 6)
}

private func indented(_ text: String, _ depth: Int) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.isEmpty }.map {
        String(repeating: " ", count: depth) + $0 + "\n"
    }.joined()
}

func artillery(
    _ text: String, files: [String: String] = [:], environment: [String: String] = [:],
    options: ArtilleryOptions = ArtilleryOptions(), parts: [String] = []
) -> Result<ArtilleryTest, Diagnostics> {
    var texts = files
    texts["tests/load.yml"] = text
    var importer = ArtilleryImport(
        files: FileReader(texts: texts), environment: environment, options: options)
    importer.partNames = parts
    return importer.test("tests/load.yml")
}

/// What is said of a script: `warning[AS606] 3:5 text | fix`.
func said(_ result: Result<ArtilleryTest, Diagnostics>) -> [String] {
    let all =
        switch result {
        case .success(let test): test.warnings
        case .failure(let diagnostics): diagnostics.all
        }
    return all.map { diagnostic in
        let place = diagnostic.location.map { "\($0.line):\($0.column)" } ?? "-"
        let fix = diagnostic.fix.map { " | \($0)" } ?? ""
        return "\(diagnostic.severity.rawValue)[\(diagnostic.code)] \(place) \(diagnostic.message)\(fix)"
    }
}

/// Names and values for expressions, with draws that are always the lowest.
struct Lowest: TemplateContext {
    var names: [String: JSON]
    func value(of name: String) -> JSON? { names[name] }
    mutating func call(_ function: String, _ arguments: [JSON]) throws(TemplateError) -> JSON {
        let environment = TemplateEnvironment(
            nowMilliseconds: { 0 }, sha256: { $0 }, hmacSHA256: { $1 },
            readFile: { (path) throws(TemplateError) in throw TemplateError("AS059", path) })
        var random = SeededRandom(seed: 1)
        return try environment.call(function, arguments, random: &random)
    }
}

extension ArtilleryTest {
    var steps: [Step] { profile.scenarios.first?.scenario.steps ?? [] }

    func request(_ place: Int = 0) -> HTTPAction? {
        guard steps.indices.contains(place) else { return nil }
        if case .http(let action) = steps[place].action { return action }
        if case .if(let choice) = steps[place].action, case .http(let action)? = choice.then.first?.action {
            return action
        }
        return nil
    }
}

func rendered(_ template: Template?, _ names: [String: JSON] = [:]) -> String? {
    var context = Lowest(names: names)
    return try? template?.text(in: &context)
}

func rendered(_ value: ValueTemplate?, _ names: [String: JSON] = [:]) -> String? {
    var context = Lowest(names: names)
    return try? value?.evaluate(in: &context).rendered()
}

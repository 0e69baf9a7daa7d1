import AssayCore
import AssayFormats

/// Any text gives a template or a diagnostic; a template gives a value or an error, before and after folding.
public func fuzzTemplate(_ bytes: [UInt8]) {
    let text = String(decoding: bytes.prefix(1 << 16), as: UTF8.self)
    let place = SourceLocation(file: "fuzz.yml", line: 1, column: 1)
    let template: Template
    do throws(Diagnostic) {
        template = try Template(parsing: text, at: place)
    } catch {
        precondition(!error.rendered().isEmpty)
        return
    }
    let a: JSON = ["b": [1, 2.5, "c"]]
    let names = JSONObject([("a", a), ("n", 3 as JSON)])
    let environment = TemplateEnvironment(
        nowMilliseconds: { 0 }, sha256: { Array($0.prefix(32)) }, hmacSHA256: { key, _ in key },
        readFile: { (path) throws(TemplateError) in Array(path.utf8) })
    var scope = TemplateScope(names: names, environment: environment, random: FuzzRandom())
    _ = try? template.render(in: &scope)
    _ = try? template.folded { names[$0] }.render(in: &scope)
    for expression in template.expressions { precondition(!expression.description.isEmpty) }
}

private struct FuzzRandom: RandomNumberGenerator {
    var state: UInt64 = 1
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state
    }
}

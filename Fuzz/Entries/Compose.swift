import AssayCore
import AssayFormats
import AssayImport

/// Any bytes as a compose file give diagnostics or a stand: always the same, YAML, and with templates that read.
public func fuzzCompose(_ bytes: [UInt8]) {
    guard bytes.count <= 1 << 16 else { return }
    var options = ComposeImport()
    options.includesImages = bytes.count % 2 == 0
    let made: ImportedProject
    do throws(Diagnostics) {
        // What it reads beside itself is itself: as a Dockerfile and as NAME=value lines.
        made = try options.project(from: bytes, file: "compose.yml") { _ in bytes }
    } catch {
        precondition(!error.all.isEmpty)
        return
    }
    let again = try? options.project(from: bytes, file: "compose.yml") { _ in bytes }
    precondition(again?.text == made.text && again?.notes == made.notes, "twice is not the same")
    for note in made.notes { precondition(note.location.line > 0) }
    let bag = DiagnosticBag()
    guard let yaml = YAMLReading(parsing: Array(made.text.utf8), file: "assay.yml", bag: bag) else {
        preconditionFailure("what was written is no YAML")
    }
    for service in yaml.root["stand"]?["services"]?.pairs ?? [] { readTemplates(service.value, yaml) }
    precondition(!bag.hasErrors, "what was written does not read: \(bag.all.first?.rendered() ?? "")")
}

private func readTemplates(_ node: YAMLNode, _ yaml: YAMLReading) {
    if node.stringValue != nil { _ = yaml.template(node) }
    for element in node.elements ?? [] { readTemplates(element, yaml) }
    for pair in node.pairs ?? [] { readTemplates(pair.value, yaml) }
}

import AssayCore
import AssayFormats
import AssayImport

/// Any bytes as a recorded session give diagnostics or files: always the same, YAML, and with templates that read.
public func fuzzHAR(_ bytes: [UInt8]) {
    fuzzFiles(bytes) { (bytes: [UInt8]) throws(Diagnostics) in
        var options = HARImport()
        options.includesAssets = bytes.count % 2 == 0
        return try options.files(from: bytes, file: "session.har")
    }
}

/// Any bytes as a collection of Postman.
public func fuzzPostman(_ bytes: [UInt8]) {
    fuzzFiles(bytes) { (bytes: [UInt8]) throws(Diagnostics) in
        try PostmanImport().files(from: bytes, file: "collection.json")
    }
}

/// Any bytes as a script of tests inside a collection.
public func fuzzScript(_ bytes: [UInt8]) {
    guard let script = String(validating: bytes, as: UTF8.self) else { return }
    let collection: JSON = [
        "info": ["name": "fuzz"],
        "item": [
            [
                "name": "one", "request": "http://a.example/{{x}}",
                "event": [["listen": "test", "script": ["exec": .string(script)]]],
            ]
        ],
    ]
    fuzzPostman(Array(collection.rendered().utf8))
}

private func fuzzFiles(_ bytes: [UInt8], _ read: ([UInt8]) throws(Diagnostics) -> ImportedFiles) {
    guard bytes.count <= 1 << 16 else { return }
    let made: ImportedFiles
    do throws(Diagnostics) {
        made = try read(bytes)
    } catch {
        precondition(!error.all.isEmpty)
        return
    }
    let again = try? read(bytes)
    precondition(again?.files == made.files && again?.notes == made.notes, "twice is not the same")
    precondition(!made.files.isEmpty)
    for file in made.files where file.path.hasSuffix(".yml") {
        let bag = DiagnosticBag()
        guard let yaml = YAMLReading(parsing: Array(file.text.utf8), file: file.path, bag: bag) else {
            preconditionFailure("what was written is no YAML: \(bag.all.first?.rendered() ?? "")")
        }
        for step in yaml.root["steps"]?.elements ?? [] { readTemplates(step, yaml) }
        precondition(!bag.hasErrors, "what was written does not read: \(bag.all.first?.rendered() ?? "")")
    }
}

private func readTemplates(_ node: YAMLNode, _ yaml: YAMLReading) {
    if node.stringValue != nil { _ = yaml.template(node) }
    for element in node.elements ?? [] { readTemplates(element, yaml) }
    for pair in node.pairs ?? [] { readTemplates(pair.value, yaml) }
}

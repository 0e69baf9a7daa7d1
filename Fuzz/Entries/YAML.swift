import AssayCore
import AssayFormats

/// Any bytes give a document or diagnostics; every value of a document can be read as anything.
public func fuzzYAML(_ bytes: [UInt8]) {
    let bag = DiagnosticBag()
    let limits = YAMLLimits(bytes: 1 << 16, depth: 40, nodes: 10_000)
    if let reading = YAMLReading(parsing: bytes, file: "fuzz.yml", bag: bag, limits: limits) {
        read(reading.root, with: reading)
    }
    for diagnostic in bag.all {
        precondition(!diagnostic.rendered().isEmpty)
        precondition(diagnostic.location.map { $0.line > 0 && $0.column > 0 } ?? true)
    }
}

private func read(_ node: YAMLNode, with reading: YAMLReading) {
    _ = (reading.string(node), reading.bool(node), reading.int(node), reading.double(node))
    _ = (reading.duration(node), reading.byteCount(node), reading.rate(node), reading.percent(node))
    _ = (reading.json(node), reading.valueTemplate(node), reading.expression(node))
    let _: Bool? = reading.mapping(node, "value") { fields in
        _ = fields.choice(of: ["http", "sql"])
        return fields.required("url", reading.bool)
    }
}

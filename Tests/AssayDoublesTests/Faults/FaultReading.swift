import AssayCore
@testable import AssayDoubles
import AssayFormats

/// Faults written in YAML, for tests.
enum FaultReading {
    static func faults(_ text: String) -> (faults: [Fault], diagnostics: [Diagnostic]) {
        let bag = DiagnosticBag()
        guard let yaml = YAMLReading(parsing: Array(text.utf8), file: "faults.yml", bag: bag) else {
            return ([], bag.all)
        }
        return (FaultReader(yaml).read(yaml.root), bag.all)
    }

    static func toxics(_ text: String) -> (toxics: [Toxic], diagnostics: [Diagnostic]) {
        let bag = DiagnosticBag()
        guard let yaml = YAMLReading(parsing: Array(text.utf8), file: "faults.yml", bag: bag) else {
            return ([], bag.all)
        }
        return (ProxyFaultReader(yaml: yaml).read(yaml.root), bag.all)
    }
}

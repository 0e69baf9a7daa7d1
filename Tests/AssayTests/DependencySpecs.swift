import AssayFormats
import AssayStand

/// Dependencies from a YAML text.
enum DependencySpecs {
    static func read(_ text: String) -> [DependencySpec]? {
        let bytes = Array("dependencies: \(text)".utf8)
        guard let yaml = YAMLReading(parsing: bytes, file: "assay.yml", bag: DiagnosticBag()) else {
            return nil
        }
        return StandReader(yaml).read(yaml.root)?.dependencies
    }
}

internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// An option that is a list of mappings, written in place or in the file that it names.
enum RowsOption {
    /// - Parameter what: whose they are, for the message of a file that cannot be read: `users`.
    static func read<Row>(
        _ node: YAMLNode, _ what: String, _ yaml: YAMLReading, _ readFile: DoubleReader.FileSource,
        row: (YAMLNode, YAMLReading) -> Row?
    ) -> [Row] {
        guard let path = node.stringValue else { return yaml.list(node) { row($0, yaml) } ?? [] }
        do {
            let bytes = try readFile(path)
            guard let file = YAMLReading(parsing: bytes, file: path, bag: yaml.bag) else { return [] }
            return file.list(file.root) { row($0, file) } ?? []
        } catch {
            yaml.error(
                "AS123", "the \(what)' file cannot be read: \(error)", at: node,
                fix: "name a YAML file with a list of \(what)")
            return []
        }
    }
}

extension YAMLReading {
    /// A lifetime that claims of whole seconds can hold.
    func lifetime(_ node: YAMLNode, _ name: String) -> Duration? {
        guard let duration = duration(node) else { return nil }
        // Claims are whole seconds.
        guard duration >= .seconds(1) else {
            error("AS122", "'\(name)' is at least 1s, found \(node.scalarText ?? "")", at: node)
            return nil
        }
        guard duration <= .seconds(3_650 * 86_400) else {
            error("AS122", "'\(name)' is at most 10 years, found \(node.scalarText ?? "")", at: node)
            return nil
        }
        return duration
    }
}

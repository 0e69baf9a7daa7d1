internal import AssayCore
public import AssayFormats
internal import AssayNet

extension DoubleReader {
    /// `http: PATH`: a file in Assay's own form, a WireMock mapping file or folder, or an OpenAPI document.
    func file(_ form: YAMLNode.Pair, of node: YAMLNode) -> (any DoubleKind)? {
        guard let written = yaml.string(form.value) else { return nil }
        let rest = node.without(["http"] + HTTPDoubleKind.keys)
        if let other = rest.pairs?.first {
            yaml.error(
                "AS120", "'\(other.name)' does not belong beside 'http'", at: other.key,
                fix: "write it in the file that `http` names")
        }
        let path = written.hasPrefix("/") ? written : yaml.folder + written
        return Self.kind(ofFile: path, bag: yaml.bag) {
            yaml.error(
                "AS130", "the double's file cannot be read: \($0)", at: form.value,
                fix: "name a file of routes, or a folder with WireMock's mappings/")
        }
    }

    /// What the file or folder of a double is.
    ///
    /// - Parameters:
    ///   - bag: takes what is wrong in it.
    ///   - missing: told why it cannot be read at all.
    public static func kind(
        ofFile path: String, bag: DiagnosticBag, missing: (String) -> Void
    ) -> (any DoubleKind)? {
        switch Files.kind(of: path) {
        case .folder: return HTTPStubOptions.mappings(at: path, bag: bag).map { HTTPDoubleKind($0) }
        case .file where path.hasSuffix(".json"):
            if let (file, bytes) = added(path) {
                return file.read(path, bytes, bag).map { HTTPDoubleKind($0) }
            }
            if let yaml = description(ofJSON: path, bag: bag) { return described(yaml) }
            return HTTPStubOptions.mappings(at: path, bag: bag).map { HTTPDoubleKind($0) }
        case .file: return kind(ofYAML: path, bag: bag, missing: missing)
        default:
            missing("there is no '\(path)'")
            return nil
        }
    }

    /// The kind of file that another module brings, and the file's bytes.
    private static func added(_ path: String) -> (AddedDoubleFile, [UInt8])? {
        let known = AddedDoubleFile.connected
        guard !known.isEmpty, let bytes = try? Files.read(path, limitBytes: 16 << 20),
            let json = try? JSON(parsing: bytes), let file = known.first(where: { $0.isMeant(json) })
        else { return nil }
        return (file, bytes)
    }

    private static func kind(
        ofYAML path: String, bag: DiagnosticBag, missing: (String) -> Void
    ) -> (any DoubleKind)? {
        let bytes: [UInt8]
        do {
            bytes = try Files.read(path, limitBytes: 16 << 20)
        } catch {
            missing("\(error)")
            return nil
        }
        guard let yaml = YAMLReading(parsing: bytes, file: path, bag: bag) else { return nil }
        if DescribedDoubles.connected != nil, isDescription(yaml) { return described(yaml) }
        return DoubleReader(yaml).file()
    }

    private static func isDescription(_ yaml: YAMLReading) -> Bool {
        yaml.root["double"] == nil && DescribedDoubles.marks.contains { yaml.root[$0] != nil }
    }

    private static func described(_ yaml: YAMLReading) -> (any DoubleKind)? {
        DescribedDoubles.connected?.make(yaml).map { HTTPDoubleKind($0) }
    }

    /// The reading of a JSON file that is an API description; `nil` for mappings and what cannot be read.
    private static func description(ofJSON path: String, bag: DiagnosticBag) -> YAMLReading? {
        guard DescribedDoubles.connected != nil, let bytes = try? Files.read(path, limitBytes: 16 << 20),
            let json = try? JSON(parsing: bytes), DescribedDoubles.marks.contains(where: { json[$0] != nil })
        else { return nil }
        let limits = YAMLLimits(bytes: 16 << 20)
        let trial = DiagnosticBag()
        if let yaml = YAMLReading(parsing: bytes, file: path, bag: trial, limits: limits), !trial.hasErrors {
            return YAMLReading(yaml.document, bag: bag)
        }
        // Some JSON is no YAML, like surrogate pairs; written anew it is.
        let text = Array(json.rendered(pretty: true).utf8)
        return YAMLReading(parsing: text, file: path, bag: bag, limits: limits)
    }

    /// A file that begins `assay: 1` and `double: NAME`, with the keys of a double beside them.
    private func file() -> (any DoubleKind)? {
        let head = yaml.mapping(yaml.root.keeping(["assay", "double"]), "double's file") { fields in
            let version = fields.required("assay") { yaml.int($0, in: 1...1) }
            let name = fields.required("double", yaml.text)
            return version == nil ? nil : name
        }
        guard let name = head.flatMap({ $0 }) else { return nil }
        return kind(yaml.root.without(["assay", "double"]), named: name, at: yaml.root)
    }

    /// A preset as the command line names it.
    ///
    /// - Parameter options: `key: value` lines of YAML, beside `preset:`.
    public static func preset(_ name: String, options: [String], bag: DiagnosticBag) -> (any DoubleKind)? {
        let isServer = servers.contains { $0.name == name }
        // A server's options are inside its key, a preset's beside it.
        let lines = isServer ? ["\(name):"] + options.map { "  " + $0 } : ["preset: \(name)"] + options
        let text = lines.joined(separator: "\n") + "\n"
        guard let yaml = YAMLReading(parsing: Array(text.utf8), file: "--set", bag: bag) else { return nil }
        return DoubleReader(yaml).kind(yaml.root, named: name, at: yaml.root)
    }
}

extension YAMLNode {
    /// The same mapping with only some of its keys.
    fileprivate func keeping(_ names: [String]) -> YAMLNode {
        guard let pairs else { return self }
        var node = self
        node.content = .mapping(pairs.filter { names.contains($0.name) })
        return node
    }
}

public import AssayFormats

extension ContractBook {
    /// What one version of a contract says, for ``ContractContent``: its entry of the manifest without who uses it, and
    /// every file of its folder that it or those files refer to.
    ///
    /// - Returns: `nil` when there is no such contract, or one of its files cannot be read.
    public func content(of reference: ContractReference) -> [(path: String, value: JSON)]? {
        guard
            let folder = folders.first(where: { folder in
                folder.contracts.contains { $0.name == reference.name }
            }), let contract = folder.contracts.first(where: { $0.name == reference.name })
        else { return nil }
        let version = reference.version ?? contract.version ?? contract.versions.last
        var paths = contract.messages.map(\.schema)
        switch contract.terms {
        case .openAPI(let path): paths.append(path)
        case .routes(let routes):
            for route in routes {
                for body in [route.request] + route.answers.map(\.body) {
                    if case .schema(let path) = body { paths.append(path) }
                }
            }
        case .none: break
        }
        var parts: [String: JSON] = [:]
        var open: [String] = []
        for path in paths {
            guard let name = folder.resolve(path, version: version) else { return nil }
            open.append(name)
        }
        let ids = folder.files.idsOfSchemas
        while let name = open.popLast() {
            guard parts[name] == nil else { continue }
            guard case .success(let document) = folder.files.document(name) else { return nil }
            parts[name] = .some(document.json)
            let file = URIReference(folder.files.shown(name))
            open += Self.references(in: document.json, at: file).compactMap {
                folder.files.name(ofDocument: $0, ids)
            }
        }
        if let entry = Self.entry(of: reference.name, in: folder) { parts[""] = .some(entry) }
        return parts.sorted { $0.key < $1.key }.map { (path: $0.key, value: $0.value) }
    }

    /// The manifest's own words: routes, versions, and which schema is where.
    private static func entry(of name: String, in folder: ContractFolder) -> JSON? {
        let manifest = folder.manifest.split(separator: "/").last.map(String.init) ?? folder.manifest
        guard case .success(let document) = folder.files.document(manifest),
            var entry = document.json["contracts"]?[name]?.objectValue
        else { return nil }
        for key in ["consumers", "provider"] { entry[key] = Optional<JSON>.none }
        return .object(entry)
    }

    /// Other documents that a document refers to, as the URIs or paths by which the schemas' compiler asks for them.
    ///
    /// What only looks like a reference (in an example, say) is taken for one: a file too many in the content asks for
    /// a verification too many, and one too few would pass a change off as none. So each is seen both from the `$id`
    /// around it and from the file.
    private static func references(in document: JSON, at file: URIReference) -> Set<String> {
        var found: Set<String> = []
        var open: [(value: JSON, base: URIReference)] = [(document, file)]
        func add(_ reference: String, _ base: URIReference) {
            for base in [base, file] {
                found.insert(URIReference(reference).resolved(against: base).withoutFragment.text)
            }
        }
        while let (next, outer) = open.popLast() {
            switch next {
            case .array(let elements): open += elements.map { ($0, outer) }
            case .object(let object):
                // Drafts before 6 say `id`.
                let id = object["$id"]?.stringValue ?? object["id"]?.stringValue
                let base = id.map { URIReference($0).resolved(against: outer).withoutFragment } ?? outer
                for (key, value) in object {
                    if let text = value.stringValue {
                        if referring.contains(key) { add(text, base) }
                    } else {
                        open.append((value, base))
                    }
                }
                // A discriminator's schemas.
                for (_, value) in object["mapping"]?.objectValue ?? [:] {
                    if let text = value.stringValue { add(text, base) }
                }
            default: break
            }
        }
        return found
    }

    private static let referring: Set<String> = ["$ref", "$dynamicRef", "$recursiveRef", "$schema"]
}

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
        while let name = open.popLast() {
            guard parts[name] == nil else { continue }
            guard case .success(let document) = folder.files.document(name) else { return nil }
            parts[name] = .some(document.json)
            open += Self.references(in: document.json).compactMap { Self.path($0, from: name) }
                .filter(folder.files.names.contains)
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

    private static func references(in value: JSON) -> [String] {
        var found: [String] = []
        var open = [value]
        while let next = open.popLast() {
            switch next {
            case .array(let elements): open += elements
            case .object(let object):
                for (key, value) in object {
                    if key == "$ref", let text = value.stringValue {
                        found.append(text)
                    } else {
                        open.append(value)
                    }
                }
            default: break
            }
        }
        return found
    }

    /// A relative reference as a path of the folder; `nil` for one within the document or outside.
    private static func path(_ reference: String, from file: String) -> String? {
        let written = reference.prefix { $0 != "#" }
        guard !written.isEmpty, !written.contains("://"), !written.hasPrefix("/") else { return nil }
        var parts = file.split(separator: "/").dropLast().map(String.init)
        for part in written.split(separator: "/") {
            if part == ".." {
                guard parts.popLast() != nil else { return nil }
            } else if part != "." {
                parts.append(String(part))
            }
        }
        return parts.joined(separator: "/")
    }
}

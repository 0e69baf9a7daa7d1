import AssayCore
import AssayFormats

/// Reads `contracts.yml`; all of its problems come out at once.
struct ManifestReader {
    let yaml: YAMLReading
    let files: ContractFiles

    func folder() -> ContractFolder? {
        var folder = ContractFolder(files: files, manifest: yaml.file)
        let isRead: Void? = yaml.mapping(yaml.root, "manifest") { fields in
            _ = fields.required("assay") { yaml.int($0, in: 1...1) }
            if let node = fields.value("contracts") {
                folder.contracts = yaml.entries(node, "contracts").compactMap(contract)
            }
            if let node = fields.value("schemas") {
                folder.families = yaml.entries(node, "schemas").compactMap(family)
            }
            if let node = fields.value("golden") {
                folder.examples = yaml.entries(node, "golden").compactMap(example)
            }
            folder.waivers = fields.optional("waivers", path)
        }
        guard isRead != nil else { return nil }
        for place in folder.contracts.indices { settle(&folder.contracts[place], in: folder) }
        for example in folder.examples {
            requireFile(example.file, of: "'golden'", in: folder, version: nil)
            requireFile(example.schema, of: "'golden'", in: folder, version: nil)
        }
        if let waivers = folder.waivers { requireFile(waivers, of: "'waivers'", in: folder, version: nil) }
        return folder
    }

    // MARK: contracts

    private func contract(_ pair: YAMLNode.Pair) -> Contract? {
        yaml.mapping(pair.value, "contract '\(pair.name)'") { fields -> Contract? in
            let provider = fields.required("provider", yaml.string)
            let consumers = fields.optional("consumers") { yaml.oneOrMore($0, of: yaml.string) }
            let direction = fields.optional("direction") { yaml.enumeration($0, as: Contract.Direction.self) }
            let version = fields.optional("version", self.version)
            let ignored = fields.optional("ignore") { yaml.oneOrMore($0, of: ignoredPath) }
            let source = fields.choice(of: ["openapi", "routes"], isRequired: false, code: "AS419")
            let common = fields.value("answers").map { node -> [ContractAnswer] in
                if source?.name != "routes" {
                    yaml.error(
                        "AS419",
                        "the `answers` of contract '\(pair.name)' are those of its routes, and it has none",
                        at: node)
                }
                return yaml.entries(node, "answers").compactMap(
                    RouteReader(yaml: yaml, contract: pair.name).answer)
            }
            let messages = fields.value("messages").map { yaml.entries($0, "messages").compactMap(message) }
            var contract = Contract(
                name: pair.name, provider: provider ?? "", consumers: consumers ?? [],
                direction: direction ?? .requests, version: version, versions: [], terms: .none,
                messages: messages ?? [], ignored: ignored ?? [], location: pair.key.location)
            switch source?.name {
            case "openapi":
                if let file = source.flatMap({ path($0.value) }) { contract.terms = .openAPI(file) }
            case "routes":
                if let node = source?.value {
                    contract.terms = .routes(
                        RouteReader(yaml: yaml, contract: pair.name, common: common ?? []).routes(node))
                }
            default:
                if messages == nil {
                    yaml.error(
                        "AS419", "contract '\(pair.name)' says nothing that both sides could hold to",
                        at: pair.key, fix: "give it `openapi: FILE`, `routes:` or `messages:`")
                }
            }
            return provider == nil ? nil : contract
        }
    }

    private func ignoredPath(_ node: YAMLNode) -> ContractIgnoredPath? {
        guard let text = yaml.string(node) else { return nil }
        guard text.hasPrefix("/"), !text.dropLast().contains("*") else {
            yaml.error(
                "AS420",
                "'\(text)' is no path to ignore: expected one that begins with `/`, with `*` at most at its end",
                at: node)
            return nil
        }
        return ContractIgnoredPath(text)
    }

    private func message(_ pair: YAMLNode.Pair) -> ContractMessage? {
        path(pair.value).map { ContractMessage(name: pair.name, schema: $0, location: pair.key.location) }
    }

    private func version(_ node: YAMLNode) -> ContractVersion? {
        guard let text = node.scalarText, let version = ContractVersion(text) else {
            yaml.error(
                "AS423", "expected a version like `v2`, found \(node.kindText)", at: node,
                fix: node.scalarText.flatMap { ContractVersion("v" + $0) }.map { "write \($0)" })
            return nil
        }
        return version
    }

    /// A file of the folder, perhaps with `#` and a JSON Pointer.
    private func path(_ node: YAMLNode) -> ContractFilePath? { ContractFilePath(node, yaml) }

    // MARK: schemas and examples

    private func family(_ pair: YAMLNode.Pair) -> SchemaFamily? {
        let mode: String?
        if pair.value.pairs != nil {
            mode =
                yaml.mapping(pair.value, "family '\(pair.name)'") { fields in
                    fields.optional("compatibility") { yaml.enumeration($0, of: SchemaFamily.modes) }
                        ?? SchemaFamily.standard
                }
        } else {
            mode = yaml.enumeration(pair.value, of: SchemaFamily.modes)
        }
        if files.versions(of: pair.name).isEmpty {
            let known = ContractFolder(files: files, manifest: yaml.file).versionedFamilies.map(\.name)
            yaml.error(
                "AS430", "there is no folder '\(pair.name)' with versions v1, v2, … in \(files.folder)",
                at: pair.key, fix: nearestName(to: pair.name, among: known).map { "did you mean '\($0)'?" })
        }
        return mode.map { SchemaFamily(name: pair.name, compatibility: $0, location: pair.key.location) }
    }

    private func example(
        _ pair: YAMLNode.Pair
    ) -> (file: ContractFilePath, schema: ContractFilePath)? {
        guard let file = path(pair.key), let schema = path(pair.value) else { return nil }
        return (file, schema)
    }

    // MARK: files and versions

    /// Finds out which versions a contract has, and looks that all its files are there.
    private func settle(_ contract: inout Contract, in folder: ContractFolder) {
        let paths = contract.files
        let open = paths.map { folder.versions(of: $0) }.filter { !$0.isEmpty }
        contract.versions = Set(open.flatMap { $0 }).sorted()
        if let version = contract.version, !contract.versions.contains(version), !open.isEmpty {
            let known = contract.versions.map(\.description)
            yaml.error(
                "AS417",
                "contract '\(contract.name)' is of version \(version), and its files have \(Self.listed(known))",
                at: contract.location)
            return
        }
        let version = contract.version ?? contract.versions.last
        for path in paths {
            requireFile(path, of: "contract '\(contract.name)'", in: folder, version: version)
        }
    }

    private func requireFile(
        _ path: ContractFilePath, of what: String, in folder: ContractFolder, version: ContractVersion?
    ) {
        guard folder.resolve(path, version: version) == nil else { return }
        let fix = suggestion(for: path, in: folder)
        yaml.error(
            "AS416", "\(what) names '\(path.written)', which is not in \(files.folder)", at: path.location,
            fix: fix)
    }

    /// The nearest file, or the versions that there are in place of one that there is not.
    private func suggestion(for path: ContractFilePath, in folder: ContractFolder) -> String? {
        let parts = path.written.split(separator: "/").map(String.init)
        if let place = parts.dropLast().firstIndex(where: { ContractVersion($0) != nil }), place > 0 {
            let family = parts[..<place].joined(separator: "/")
            let versions = files.versions(of: family).map(\.description)
            if !versions.isEmpty, !versions.contains(parts[place]) {
                return "'\(family)' has \(Self.listed(versions))"
            }
        }
        let known = files.names.sorted()
        if let near = nearestName(to: path.written, among: known) { return "did you mean '\(near)'?" }
        // The same name elsewhere is more often meant than another name beside it.
        let file = ContractFolder.split(path.written)?.file ?? path.written
        return known.first { $0 == file || $0.hasSuffix("/" + file) }.map { "did you mean '\($0)'?" }
    }

    static func listed(_ names: [String]) -> String {
        guard names.count > 1, let last = names.last else { return names.first ?? "none" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }
}

extension ContractFilePath {
    /// - Returns: `nil` when the node is no text, which is in the bag.
    init?(_ node: YAMLNode, _ yaml: YAMLReading) {
        guard let text = yaml.string(node) else { return nil }
        let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        var pointer = parts.count > 1 ? String(parts[1]) : ""
        if !pointer.isEmpty, !pointer.hasPrefix("/") { pointer = "/$defs/" + JSONPointer.escaped(pointer) }
        var path = String(parts[0])
        if path.hasPrefix("./") { path.removeFirst(2) }
        self.init(written: path, pointer: pointer, location: node.location)
    }
}

extension Contract {
    /// Every file that it names, in the order of the manifest.
    var files: [ContractFilePath] {
        var paths: [ContractFilePath] = []
        switch terms {
        case .openAPI(let path): paths.append(path)
        case .routes(let routes):
            for route in routes {
                for body in [route.request] + route.answers.map(\.body) {
                    if case .schema(let path) = body { paths.append(path) }
                }
            }
        case .none: break
        }
        return paths + messages.map(\.schema)
    }
}

internal import AssayCore
internal import AssayFormats

/// Reads compose files; all of a file's errors come out at once.
struct ComposeReader {
    let yaml: YAMLReading
    /// Reads a file beside the compose file: `.env`, `env_file`, a Dockerfile.
    let files: (String) -> [UInt8]?
    /// What `.env` beside the file sets.
    let values: [String: String]
    private(set) var notes: [ImportNote] = []

    init(_ yaml: YAMLReading, files: @escaping (String) -> [UInt8]?) {
        self.yaml = yaml
        self.files = files
        let dotenv = files(".env").map { EnvironmentFile.read($0) } ?? []
        values = Dictionary(dotenv, uniquingKeysWith: { $1 })
    }

    /// - Returns: `nil` when nothing can be made of it; what is wrong is in the reading's bag.
    mutating func read() -> ComposeFile? {
        guard let pairs = yaml.root.pairs else {
            let _: [YAMLNode.Pair] = yaml.entries(yaml.root, "the compose file")
            return nil
        }
        var file = ComposeFile()
        for pair in pairs {
            switch pair.name {
            case "services": file.services = yaml.entries(pair.value, "services").compactMap { service($0) }
            case "name": file.name = text(pair.value)
            case "version", "volumes", "networks", "secrets", "configs": break
            case "include":
                note("", pair.key, "`include` is not followed: import the files it names by themselves")
            case let name where name.hasPrefix("x-"): break
            default:
                let known = [
                    "services", "name", "version", "volumes", "networks", "secrets", "configs", "include",
                ]
                unknown(pair.key, in: "a compose file", known: known)
            }
        }
        if yaml.root["services"] == nil {
            yaml.error(
                "AS240", "the compose file has no `services`", at: yaml.root,
                fix: "name a file like docker-compose.yml")
        }
        check(file)
        return file
    }

    /// Needs of services that are not there.
    private func check(_ file: ComposeFile) {
        let names = file.services.map(\.name)
        for service in file.services {
            for need in service.needs where !names.contains(need.service) {
                yaml.error(
                    "AS243",
                    "service '\(service.name)' depends on '\(need.service)', which the file does not have",
                    at: need.location,
                    fix: nearestName(to: need.service, among: names).map { "did you mean '\($0)'?" })
            }
        }
    }

    mutating func note(_ subject: String, _ node: YAMLNode, _ message: String) {
        note(subject, at: node.location, message)
    }

    mutating func note(_ subject: String, at location: SourceLocation, _ message: String) {
        notes.append(ImportNote(location: location, subject: subject, message: message))
    }

    func unknown(_ key: YAMLNode, in what: String, known: [String]) {
        let name = key.scalarText ?? ""
        yaml.error(
            "AS241", "'\(name)' is not known in \(what)", at: key,
            fix: nearestName(to: name, among: known).map { "did you mean '\($0)'?" })
    }

    // MARK: texts

    /// A scalar with its variables filled in from `.env` and the defaults written beside them.
    mutating func text(_ node: YAMLNode) -> String? {
        guard let text = template(node) else { return nil }
        let (filled, unset) = text.filled(values)
        for name in unset {
            note(
                "", node,
                "${\(name)} is set neither in .env nor by a default and is taken as empty, as compose does")
        }
        return filled
    }

    func template(_ node: YAMLNode) -> ComposeText? {
        guard let text = yaml.text(node) else { return nil }
        do throws(ComposeText.Malformed) {
            return try ComposeText(text)
        } catch {
            yaml.error("AS242", error.message, at: node, fix: "write `$$` for a dollar sign")
            return nil
        }
    }

    mutating func texts(_ node: YAMLNode) -> [String] {
        var found: [String] = []
        for element in yaml.list(node, of: { $0 }) ?? [] {
            if let text = text(element) { found.append(text) }
        }
        return found
    }

    /// A list of words, or a line that is taken apart.
    mutating func words(_ node: YAMLNode) -> [String]? {
        if node.isNull { return nil }
        return node.elements == nil ? text(node).map(ShellWords.split) : texts(node)
    }
}

/// `NAME=value` lines, as in `.env`.
enum EnvironmentFile {
    static func read(_ bytes: [UInt8]) -> [(String, String)] {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap { raw in
            var line = raw.drop { $0.isWhitespace }
            if line.hasPrefix("export ") { line = line.dropFirst(7) }
            guard !line.hasPrefix("#"), let equals = line.firstIndex(of: "=") else { return nil }
            let name = line[..<equals].filter { !$0.isWhitespace }
            let value = line[line.index(after: equals)...].drop { $0.isWhitespace }
            return name.isEmpty ? nil : (name, unquoted(value))
        }
    }

    private static func unquoted(_ value: Substring) -> String {
        if let quote = value.first, quote == "'" || quote == "\"" {
            let inner = value.dropFirst()
            if let end = inner.firstIndex(of: quote) { return String(inner[..<end]) }
        }
        var plain = value.firstRange(of: " #").map { value[..<$0.lowerBound] } ?? value
        while plain.last?.isWhitespace == true { plain.removeLast() }
        return String(plain)
    }
}

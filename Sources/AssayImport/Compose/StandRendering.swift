internal import AssayFormats

extension StandDraft {
    /// The text of an `assay.yml`; the same draft gives the same bytes.
    func rendered() -> String {
        var text = Lines()
        text.add(0, "# Made of \(source) by `assay import compose`; it is yours from now on.")
        text.add(0, "assay: 1")
        text.add(0, "project: \(YAMLText.scalar(project))")
        text.blank()
        text.add(0, dependencies.isEmpty && services.isEmpty ? "stand: {}" : "stand:")
        if !dependencies.isEmpty { text.add(1, "dependencies:") }
        for dependency in dependencies { Self.render(dependency, into: &text) }
        if !services.isEmpty { text.add(1, "services:") }
        for service in services { Self.render(service, into: &text) }
        text.blank()
        text.add(0, "# Where the tests are:")
        text.add(0, "# levels:")
        text.add(0, "#   integration: {scenarios: tests/integration, isolation: database-per-scenario}")
        if !leftOut.isEmpty {
            text.blank()
            text.add(0, "# Left out of \(source):")
            for line in leftOut { text.add(0, "#   \(line)") }
        }
        return text.text
    }

    private struct Lines {
        private(set) var text = ""
        /// Scalars come with their escapes; a break that is left stands in a comment, and would end it.
        mutating func add(_ depth: Int, _ line: String) {
            let whole = line.unicodeScalars.map {
                $0.value < 0x20 || $0.properties.isWhitespace ? " " : Character($0)
            }
            text += String(repeating: "  ", count: depth) + String(whole) + "\n"
        }
        mutating func blank() { text += "\n" }
    }

    private static func render(_ dependency: Dependency, into text: inout Lines) {
        for remark in dependency.remarks { text.add(2, "# \(remark)") }
        let name = YAMLText.scalar(dependency.name)
        guard dependency.settings.count > 1 else {
            let inner = dependency.settings.map { "\($0.name): \(flow($0.value))" }.joined()
            return text.add(2, "\(name): {\(dependency.keyword): {\(inner)}}")
        }
        text.add(2, "\(name):")
        text.add(3, "\(dependency.keyword):")
        for (key, value) in dependency.settings { text.add(4, "\(key): \(flow(value))") }
    }

    private static func flow(_ value: Value) -> String {
        switch value {
        case .text(let text): YAMLText.scalar(text)
        case .number(let number): "\(number)"
        case .yes: "true"
        case .list(let texts): texts.count == 1 ? YAMLText.scalar(texts[0]) : YAMLText.list(texts)
        case .settings(let pairs):
            "{"
                + pairs.map { "\(YAMLText.scalar($0.name)): \(YAMLText.scalar($0.value))" }.joined(
                    separator: ", ") + "}"
        }
    }

    private static func render(_ service: Service, into text: inout Lines) {
        for remark in service.remarks { text.add(2, "# \(remark)") }
        text.add(2, "\(YAMLText.scalar(service.name)):")
        switch service.start {
        case .words(let words): text.add(3, "run: \(YAMLText.list(words))")
        case .line(let line): text.add(3, "run: \(YAMLText.scalar(line))")
        case .unknown(let what):
            text.add(
                3, "# FILL IN: the command that starts it here, like `./\(service.name) --port ${port}`.")
            text.add(
                3,
                "run: \(YAMLText.quoted("echo 'assay.yml does not say yet how \(what) is started' >&2; exit 64"))"
            )
        case .image(let image, let command, let volumes):
            text.add(3, "image: \(YAMLText.scalar(image))")
            if !command.isEmpty { text.add(3, "command: \(YAMLText.list(command))") }
            if !volumes.isEmpty { text.add(3, "volumes: \(YAMLText.list(volumes))") }
        }
        if let folder = service.folder { text.add(3, "folder: \(YAMLText.scalar(folder))") }
        if let port = service.port { text.add(3, "port: \(port)") }
        if service.ports.contains(where: { $0.number != nil }) {
            let pairs = service.ports.map { "\($0.name): \($0.number.map(String.init) ?? "any")" }
            text.add(3, "ports: {\(pairs.joined(separator: ", "))}")
        } else if !service.ports.isEmpty {
            text.add(3, "ports: \(YAMLText.list(service.ports.map(\.name)))")
        }
        if !service.environment.isEmpty { text.add(3, "env:") }
        for (name, value) in service.environment {
            text.add(4, "\(YAMLText.scalar(name)): \(YAMLText.scalar(value))")
        }
        if let ready = service.ready { text.add(3, "ready: {\(flow(ready))}") }
        if !service.needs.isEmpty { text.add(3, "depends-on: \(YAMLText.list(service.needs))") }
    }

    private static func flow(_ ready: Ready) -> String {
        let kind =
            switch ready.kind {
            case .http(let path): "http: \(YAMLText.scalar(path))"
            case .tcp: "tcp: true"
            case .run(let line): "run: \(YAMLText.scalar(line))"
            }
        return kind + (ready.within.map { ", within: \(written($0))" } ?? "")
    }

    /// Exactly, in the largest unit that has no fraction.
    private static func written(_ time: Duration) -> String {
        let (seconds, rest) = time.components
        if rest != 0 { return "\(seconds * 1000 + rest / 1_000_000_000_000_000)ms" }
        return seconds >= 60 && seconds % 60 == 0 ? "\(seconds / 60)m" : "\(seconds)s"
    }
}

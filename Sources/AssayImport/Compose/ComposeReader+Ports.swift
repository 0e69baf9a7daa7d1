internal import AssayCore
internal import AssayFormats

extension ComposeReader {
    /// Ranges of more ports, as media servers have them, are told and left out.
    private static let rangeLimit = 20

    mutating func ports(_ node: YAMLNode) -> [ComposeService.Port] {
        var found: [ComposeService.Port] = []
        for element in yaml.list(node, of: { $0 }) ?? [] {
            found += element.pairs == nil ? shortPorts(element) : longPort(element).map { [$0] } ?? []
        }
        return found
    }

    /// `[[address:]published:]target[/protocol]`, each a number or a range.
    private mutating func shortPorts(_ node: YAMLNode) -> [ComposeService.Port] {
        guard let text = text(node) else { return [] }
        let halves = text.split(separator: "/", maxSplits: 1)
        let isUDP = halves.count > 1 && halves[1] == "udp"
        // Colons within the brackets of an IPv6 address are no separators.
        let behind = halves.first.map {
            $0.lastIndex(of: "]").map { halves[0][halves[0].index(after: $0)...] } ?? halves[0]
        }
        var parts = (behind ?? "").split(separator: ":", omittingEmptySubsequences: false)
        if parts.count > 2 || behind?.first == ":" { parts.removeFirst(parts.count - min(2, parts.count)) }
        guard let targets = parts.last.flatMap({ Self.range($0) }), parts.count <= 2 else {
            wrong(node, text)
            return []
        }
        var published: ClosedRange<Int>?
        if parts.count == 2, !parts[0].isEmpty {
            published = Self.range(parts[0])
            // A range for one port means any of them.
            if published?.count != targets.count, targets.count > 1 || published == nil {
                wrong(node, text)
                return []
            }
        }
        guard targets.count <= Self.rangeLimit else {
            note("", node, "ports \(text) are left out: a range of so many is no part of a stand")
            return []
        }
        return targets.enumerated().map { index, target in
            ComposeService.Port(
                target: target, published: published.map { $0.lowerBound + index },
                name: targets.count == 1 ? comment(behind: node) : nil, isUDP: isUDP, location: node.location)
        }
    }

    private mutating func longPort(_ node: YAMLNode) -> ComposeService.Port? {
        guard let target = node["target"], let text = text(target),
            let number = Self.range(text[...])?.lowerBound
        else {
            yaml.error("AS246", "a port needs its `target`, a number from 1 to 65535", at: node)
            return nil
        }
        let published = node["published"].flatMap { self.text($0) }.flatMap { Self.range($0[...]) }
        return ComposeService.Port(
            target: number, published: published?.lowerBound, name: node["name"].flatMap { self.text($0) },
            isUDP: node["protocol"].flatMap { self.text($0) } == "udp", location: node.location)
    }

    private func wrong(_ node: YAMLNode, _ text: String) {
        yaml.error(
            "AS246", "expected a port like 8080:80, found '\(text)'", at: node,
            fix: "write `\"PUBLISHED:TARGET\"`, or `{target: 80, published: 8080}`")
    }

    private static func range(_ text: Substring) -> ClosedRange<Int>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last,
            first >= 1, last <= 65535
        else { return nil }
        return first...last
    }

    /// The one word of a comment on the node's line: people name their ports so.
    private func comment(behind node: YAMLNode) -> String? {
        guard let line = yaml.document.source.line(node.location.line),
            let mark = line.firstRange(of: " #")
        else { return nil }
        let words = line[mark.upperBound...].split { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
        guard words.count == 1, let word = words.first, word.first?.isLetter == true else { return nil }
        return word.lowercased()
    }

    // MARK: volumes

    mutating func mount(_ node: YAMLNode) -> ComposeService.Mount? {
        if node.pairs != nil {
            guard let target = node["target"].flatMap({ text($0) }) else {
                yaml.error("AS247", "a volume needs its `target`", at: node)
                return nil
            }
            var source = node["source"].flatMap { text($0) }
            // The long form may leave the `./` out.
            if node["type"]?.stringValue == "bind", let path = source, !"./~".contains(path.prefix(1)) {
                source = "./" + path
            }
            var isReadOnly = false
            if case .bool(true) = node["read_only"]?.content { isReadOnly = true }
            return .init(source: source, target: target, isReadOnly: isReadOnly, location: node.location)
        }
        guard let text = text(node) else { return nil }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        switch parts.count {
        case 1: return .init(source: nil, target: parts[0], location: node.location)
        case 2, 3:
            let options = parts.count == 3 ? parts[2].split(separator: ",") : []
            return .init(
                source: parts[0], target: parts[1], isReadOnly: options.contains("ro"),
                location: node.location)
        default:
            yaml.error(
                "AS247", "expected a volume like ./data:/data, found '\(text)'", at: node,
                fix: "write `SOURCE:TARGET`, or `{type: bind, source: …, target: …}`")
            return nil
        }
    }
}

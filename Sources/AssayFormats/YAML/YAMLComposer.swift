import AssayCore

/// Builds nodes from events: aliases are filled in, `<<` is merged, keys are checked.
///
/// What can be worked round is added to ``problems``, so that the rest of the file is still read.
struct YAMLComposer {
    private(set) var problems: [Diagnostic] = []
    private let events: YAMLEventSource
    private let source: SourceText
    private let limits: YAMLLimits
    private var anchors: [String: Anchor] = [:]
    /// Nodes of the document with every alias counted as what it stands for.
    private var nodeCount = 0

    private struct Anchor {
        var node: YAMLNode
        var size: Int
    }

    init(events: YAMLEventSource, source: SourceText, limits: YAMLLimits) {
        self.events = events
        self.source = source
        self.limits = limits
    }

    /// The first document's root; `null` for an empty file.
    mutating func root() throws(Diagnostic) -> YAMLNode {
        var root: YAMLNode?
        while true {
            let event = try next()
            switch event.kind {
            case .streamEnd:
                return root ?? YAMLNode(.null, at: location(event.start, length: 1), scalarText: "")
            case .streamStart, .documentEnd: continue
            case .documentStart:
                guard root == nil else {
                    problems.append(
                        Diagnostic(
                            "AS006", "the file holds more than one document",
                            at: location(event.start, to: event.end),
                            fix: "move what follows `---` to a file of its own"))
                    return root ?? YAMLNode(.null, at: location(event.start, length: 1))
                }
                root = try node(try next(), depth: 1)
            default: continue
            }
        }
    }

    private func next() throws(Diagnostic) -> YAMLEvent {
        do {
            return try events.next()
        } catch {
            throw error.diagnostic(in: source)
        }
    }

    private mutating func node(_ event: YAMLEvent, depth: Int) throws(Diagnostic) -> YAMLNode {
        let place = location(of: event)
        guard depth <= limits.depth else {
            throw Diagnostic(
                "AS008", "more than \(limits.depth) levels inside each other", at: place,
                fix: "split the file")
        }
        let before = nodeCount
        try count(1, at: place)
        var node: YAMLNode
        switch event.kind {
        case .alias(let name): return try resolved(name, at: place)
        case .scalar(let text, let style): node = scalar(text, style, event.tag, at: place)
        case .sequenceStart:
            checkCollectionTag(event.tag, expected: "seq", at: place)
            node = YAMLNode(.sequence(try elements(depth: depth)), at: place)
        case .mappingStart:
            checkCollectionTag(event.tag, expected: "map", at: place)
            node = YAMLNode(.mapping(try pairs(depth: depth)), at: place)
        default: node = YAMLNode(.null, at: place, scalarText: "")
        }
        if let name = event.anchor { anchors[name] = Anchor(node: node, size: nodeCount - before) }
        return node
    }

    private mutating func count(_ size: Int, at place: SourceLocation) throws(Diagnostic) {
        nodeCount += size
        guard nodeCount <= limits.nodes else {
            throw Diagnostic(
                "AS008", "more than \(limits.nodes) values once every alias is filled in", at: place,
                fix: "write fewer aliases of aliases")
        }
    }

    private mutating func resolved(_ name: String, at place: SourceLocation) throws(Diagnostic) -> YAMLNode {
        guard let anchor = anchors[name] else {
            let nearest = nearestName(to: name, among: anchors.keys.sorted())
            problems.append(
                Diagnostic(
                    "AS007", "alias *\(name) has no anchor &\(name) before it", at: place,
                    fix: nearest.map { "did you mean *\($0)?" }
                        ?? "put `&\(name)` in front of the value it stands for, further up"))
            return YAMLNode(.null, at: place, scalarText: "")
        }
        try count(anchor.size - 1, at: place)
        return anchor.node
    }

    private mutating func scalar(
        _ text: String, _ style: YAMLNode.Style, _ tag: String?, at place: SourceLocation
    ) -> YAMLNode {
        var content = style == .plain ? YAMLSchema.content(ofPlain: text) : .string(text)
        if let tag {
            if let tagged = YAMLSchema.content(of: text, tag: tag) {
                content = tagged
            } else {
                report(tag: tag, at: place)
            }
        }
        return YAMLNode(content, at: place, scalarText: text, style: style)
    }

    private mutating func checkCollectionTag(_ tag: String?, expected: String, at place: SourceLocation) {
        guard let tag, tag != "!", tag != "tag:yaml.org,2002:\(expected)" else { return }
        report(tag: tag, at: place)
    }

    private mutating func report(tag: String, at place: SourceLocation) {
        let standard = "tag:yaml.org,2002:"
        let written = tag.hasPrefix(standard) ? "!!" + tag.dropFirst(standard.count) : tag
        problems.append(
            Diagnostic(
                "AS009", "the tag \(shortened(written)) does not fit this value", at: place,
                fix: "leave the tag out; known are !!str, !!int, !!float, !!bool, !!null, !!seq and !!map"))
    }

    private mutating func elements(depth: Int) throws(Diagnostic) -> [YAMLNode] {
        var nodes: [YAMLNode] = []
        while true {
            let event = try next()
            if case .sequenceEnd = event.kind { return nodes }
            nodes.append(try node(event, depth: depth + 1))
        }
    }

    private mutating func pairs(depth: Int) throws(Diagnostic) -> [YAMLNode.Pair] {
        var pairs: [YAMLNode.Pair] = []
        var places: [String: SourceLocation] = [:]
        var merged: [YAMLNode] = []
        while true {
            let event = try next()
            if case .mappingEnd = event.kind { break }
            let key = try node(event, depth: depth + 1)
            let value = try node(try next(), depth: depth + 1)
            guard let name = key.scalarText else {
                problems.append(
                    Diagnostic(
                        "AS009", "expected text as a key, found \(key.kindText)", at: key.location,
                        fix: "if this is `${…}` or a JSONPath, put it in quotes"))
                continue
            }
            if name == "<<", key.style == .plain {
                merged.append(value)
            } else if let first = places[name] {
                problems.append(Self.duplicate(name, key.location, first: first))
            } else {
                places[name] = key.location
                pairs.append(YAMLNode.Pair(key: key, value: value))
            }
        }
        for value in merged { try merge(value, into: &pairs, names: &places) }
        return pairs
    }

    private static func duplicate(_ name: String, _ place: SourceLocation, first: SourceLocation)
        -> Diagnostic
    {
        Diagnostic(
            "AS005",
            "key '\(shortened(name))' is written twice in one mapping: on line \(first.line)"
                + (first.line == place.line
                    ? ", columns \(first.column) and \(place.column)" : " and line \(place.line)"),
            at: place, fix: "remove one of the two, or give it another name")
    }

    /// Adds what the mapping itself does not say. Source: yaml.org/type/merge.html
    private mutating func merge(
        _ value: YAMLNode, into pairs: inout [YAMLNode.Pair], names: inout [String: SourceLocation]
    ) throws(Diagnostic) {
        for part in value.elements ?? [value] {
            guard let others = part.pairs else {
                problems.append(
                    Diagnostic(
                        "AS007", "expected a mapping to merge at `<<`, found \(part.kindText)",
                        at: part.location, fix: "write `<<: *name` where &name marks a mapping"))
                continue
            }
            for pair in others where names[pair.name] == nil {
                names[pair.name] = pair.key.location
                pairs.append(pair)
            }
        }
    }
}

extension YAMLComposer {
    private func location(_ mark: YAMLMark, length: Int) -> SourceLocation {
        SourceLocation(file: source.file, line: mark.line + 1, column: mark.column + 1, length: length)
    }

    private func location(_ start: YAMLMark, to end: YAMLMark) -> SourceLocation {
        if end.line == start.line { return location(start, length: end.column - start.column) }
        // The caret stays on the first line of what spans several.
        let line = source.line(start.line + 1) ?? ""
        return location(start, length: line.unicodeScalars.count - start.column)
    }

    /// A collection's place is one caret at its beginning; a scalar's covers it, without anchor and tag.
    private func location(of event: YAMLEvent) -> SourceLocation {
        switch event.kind {
        case .sequenceStart, .mappingStart: return location(event.start, length: 1)
        case .scalar where event.anchor != nil || event.tag != nil:
            return location(skippingProperties(event.start, until: event.end), to: event.end)
        default: return location(event.start, to: event.end)
        }
    }

    /// The place behind `&anchor` and `!tag`, also when the value begins on a later line.
    private func skippingProperties(_ start: YAMLMark, until end: YAMLMark) -> YAMLMark {
        var place = start
        while place.line <= end.line, let line = source.line(place.line + 1) {
            let scalars = Array(line.unicodeScalars)
            while place.column < scalars.count {
                switch scalars[place.column] {
                case " ", "\t": place.column += 1
                case "&", "!":
                    let word = scalars[place.column...].prefix { $0 != " " && $0 != "\t" }
                    place.column = word.endIndex
                case "#": place.column = scalars.count
                default: return place
                }
            }
            place = YAMLMark(line: place.line + 1, column: 0)
        }
        return start
    }
}

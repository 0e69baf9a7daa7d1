internal import AssayCore
internal import AssayFormats
internal import AssayScenario

extension ArtilleryReading {
    /// `capture`, one or several.
    func captures(_ node: YAMLNode) -> [Capture] {
        guard let node = node["capture"] else { return [] }
        return (node.elements ?? [node]).compactMap(capture)
    }

    private func capture(_ node: YAMLNode) -> Capture? {
        guard node.pairs != nil else {
            shape(node, "a capture with `as`")
            return nil
        }
        check(
            node,
            [
                "as", "json", "regexp", "header", "selector", "xpath", "strict", "group", "flags", "attr",
                "index",
                "multiple",
            ], in: "`capture`")
        guard let name = node["as"].flatMap(text) else {
            if node["as"] == nil {
                yaml.error(
                    "AS605", "a capture needs `as`, the name of its variable", at: node, fix: "add `as: name`"
                )
            }
            return nil
        }
        guard let (source, absent) = captureSource(node) else { return nil }
        var capture = Capture(name: name, source: source, location: node.location)
        capture.refusesEmpty = true
        if node["multiple"].flatMap(bool) != false { capture.several = .oneAtRandom }
        if !(node["strict"].flatMap(bool) ?? defaults.isStrict) { capture.whenAbsent = .takes(absent) }
        return capture
    }

    /// - Returns: what is taken, and what stands in its place when there is none and that does not matter.
    private func captureSource(_ node: YAMLNode) -> (Capture.Source, JSON?)? {
        if let path = node["json"] { return self.path(path).map { (.jsonPath($0), nil) } }
        if let path = node["xpath"] { return xpath(path).map { ($0, .string("")) } }
        if let expression = node["regexp"] { return pattern(expression, node).map { ($0, .string("")) } }
        if let header = node["header"] { return text(header).map { (.header($0), .string("")) } }
        if let selector = node["selector"] { return self.selector(selector, node).map { ($0, nil) } }
        yaml.error(
            "AS605", "a capture needs `json`, `regexp`, `header`, `selector` or `xpath`", at: node,
            fix: "add `json: $.id`")
        return nil
    }

    /// AS612.
    private func unreadable(_ what: String, _ why: String, at node: YAMLNode, fix: String? = nil) {
        yaml.error("AS612", "this \(what) cannot be read: \(why)", at: node, fix: fix)
    }

    // MARK: paths

    func path(_ node: YAMLNode) -> TemplatedPath? {
        guard let text = text(node) else { return nil }
        let translated = Self.translated(path: text)
        let template = template(translated, at: node.location)
        guard let constant = template.constantText else { return .templated(template) }
        do throws(JSONPathError) {
            return .fixed(try JSONPath(parsing: constant), source: text)
        } catch {
            unreadable("JSONPath", "\(error)", at: node)
            return nil
        }
    }

    /// What other dialects of JSONPath write in another way.
    static func translated(path: String) -> String {
        var path = String(path.drop(while: \.isWhitespace))
        if !path.hasPrefix("$") { path = (path.hasPrefix("[") ? "$" : "$.") + path }
        for (theirs, ours) in [
            ("===", "=="), ("!==", "!="), ("(@.length-1)", "-1"), ("(@.length - 1)", "-1"),
        ] {
            path = replaced(theirs, by: ours, in: path)
        }
        return path
    }

    private static func replaced(_ old: String, by new: String, in text: String) -> String {
        var result = ""
        var rest = text[...]
        while let found = rest.firstRange(of: old) {
            result += rest[..<found.lowerBound] + new
            rest = rest[found.upperBound...]
        }
        return result + rest
    }

    private func xpath(_ node: YAMLNode) -> Capture.Source? {
        guard let text = text(node) else { return nil }
        do throws(XPath.Fault) {
            return .xpath(try XPath(parsing: text))
        } catch {
            unreadable("XPath", "expected \(error.expected), found \(error.found)", at: node)
            return nil
        }
    }

    // MARK: expressions

    /// A group by number or name; the whole match unless said.
    private func pattern(_ node: YAMLNode, _ capture: YAMLNode) -> Capture.Source? {
        guard let text = text(node) else { return nil }
        let flags = capture["flags"]?.scalarText ?? ""
        let known = flags.filter { "ims".contains($0) }
        var group = 0
        if let wanted = capture["group"], let name = wanted.scalarText {
            // What is no group stands for the whole match.
            group = Int(name) ?? Self.groupNames(text).firstIndex(of: name).map { $0 + 1 } ?? 0
        }
        do throws(PatternError) {
            return .group(try Pattern(known.isEmpty ? text : "(?\(known))" + text), group)
        } catch {
            unreadable("expression", "\(error)", at: node)
            return nil
        }
    }

    /// Names of the groups, in order; empty for those without.
    static func groupNames(_ pattern: String) -> [String] {
        var names: [String] = []
        var rest = Array(pattern)[...]
        var isInBrackets = false
        while let character = rest.popFirst() {
            switch character {
            case "\\": _ = rest.popFirst()
            case "[": isInBrackets = true
            case "]": isInBrackets = false
            case "(" where !isInBrackets:
                if rest.first != "?" {
                    names.append("")
                } else if rest.starts(with: "?<"), !rest.starts(with: "?<="), !rest.starts(with: "?<!") {
                    names.append(String(rest.dropFirst(2).prefix { $0 != ">" }))
                }
            default: break
            }
        }
        return names
    }

    // MARK: pages

    private func selector(_ node: YAMLNode, _ capture: YAMLNode) -> Capture.Source? {
        guard let text = text(node) else { return nil }
        guard let attribute = capture["attr"].flatMap(self.text) else {
            if capture["attr"] == nil {
                yaml.error(
                    "AS605", "a capture by `selector` needs `attr`, the attribute that is taken", at: node,
                    fix: "add `attr: href`")
            }
            return nil
        }
        var place = SelectorCapture.Place.at(0)
        switch capture["index"]?.scalarText {
        case "random"?: place = .random
        case "last"?: place = .last
        case let index?: place = .at(Int(index) ?? 0)
        case nil: break
        }
        guard let selector = CSSSelector(parsing: text) else {
            unreadable("selector", "it is none of CSS", at: node)
            return nil
        }
        return .selector(
            SelectorCapture(selector, source: text, attribute: attribute.lowercased(), place: place))
    }
}

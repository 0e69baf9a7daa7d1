import AssayFormats

extension APIOperationReader {
    func servers(_ part: APIPart?) -> [APIServer] { Self.servers(part) }

    static func servers(_ part: APIPart?) -> [APIServer] {
        (part?.elements ?? []).compactMap { part in
            guard let url = part.value["url"]?.stringValue else { return nil }
            return APIServer(
                url: url, basePaths: basePaths(of: url, part.value["variables"]), pointer: part.pointer)
        }
    }

    /// Combinations of variables' values are looked at up to here.
    private static let combinationLimit = 32

    private static func basePaths(of url: String, _ variables: JSON?) -> [String] {
        var urls = [url]
        for name in variableNames(in: url) {
            let variable = variables?[name]
            var values = (variable?["enum"]?.arrayValue ?? []).compactMap(scalar)
            let standard = variable?["default"].flatMap(scalar)
            if values.isEmpty {
                // Any value, unless the standard one is no single segment.
                guard let standard, standard.isEmpty || standard.contains("/") else { continue }
                values = [standard]
            } else if let standard, !values.contains(standard) {
                values.append(standard)
            }
            urls = urls.flatMap { url in values.map { replaced(name, in: url, by: $0) } }
            urls = Array(urls.prefix(combinationLimit))
        }
        var paths: [String] = []
        for url in urls {
            let path = path(of: url)
            if !paths.contains(path) { paths.append(path) }
        }
        return paths
    }

    static func variableNames(in url: String) -> [String] {
        url.split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap { word in
            word.contains("}") ? String(word.prefix { $0 != "}" }) : nil
        }
    }

    private static func replaced(_ name: String, in url: String, by value: String) -> String {
        let mark = "{" + name + "}"
        var text = ""
        var rest = url[...]
        while let brace = rest.firstIndex(of: "{") {
            text += rest[..<brace]
            rest = rest[brace...]
            if rest.hasPrefix(mark) {
                text += value
                rest = rest.dropFirst(mark.count)
            } else {
                text.append(rest.removeFirst())
            }
        }
        return text + rest
    }

    /// The path of a URL, or of a relative one; without a slash at the end.
    private static func path(of url: String) -> String {
        var rest = url.prefix { $0 != "?" && $0 != "#" }
        if let range = marks("://", in: rest)
            ?? (rest.hasPrefix("//") ? rest.index(rest.startIndex, offsetBy: 2) : nil)
        {
            rest = rest[range...].drop { $0 != "/" }
        } else if rest.hasPrefix("./") {
            rest = rest.dropFirst()
        }
        while rest.hasSuffix("/") { rest.removeLast() }
        return rest.isEmpty || rest.hasPrefix("/") ? String(rest) : "/" + rest
    }

    /// Behind the first place of a text.
    private static func marks(_ text: String, in url: Substring) -> Substring.Index? {
        var rest = url
        while !rest.isEmpty {
            if rest.hasPrefix(text) { return rest.index(rest.startIndex, offsetBy: text.count) }
            rest.removeFirst()
        }
        return nil
    }
}

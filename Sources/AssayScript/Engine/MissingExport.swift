extension ScriptProgram {
    /// An exception with the place of the import that it is about, when it is about one: the engine tells which module lacks
    /// which name, and not who asks for it.
    func placed(_ exception: ScriptException) -> ScriptException {
        guard exception.name == "SyntaxError", exception.frames.isEmpty,
            let missing = Self.missingExport(exception.message)
        else { return exception }
        // The main module first, and then the others in an order that is always the same.
        let importers = [main] + modules.keys.filter { $0 != main }.sorted()
        var placed = exception
        for importer in importers {
            guard let place = place(of: missing, importedBy: importer) else { continue }
            placed.frames = [place]
            break
        }
        return placed
    }

    /// `Could not find export 'name' in module 'file:///lib.js'`, and what else the engine says of exports.
    private static func missingExport(_ message: String) -> (name: String, module: String)? {
        let parts = message.split(separator: "'", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].hasSuffix("export "), parts[2] == " in module " else { return nil }
        return (String(parts[1]), String(parts[3]))
    }

    private func place(
        of missing: (name: String, module: String), importedBy base: String
    ) -> ScriptException.Frame? {
        guard case .success(let bytes) = sources.read(base) else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(omittingEmptySubsequences: false) {
            $0.isNewline
        }
        for (end, line) in lines.enumerated() where Self.names(missing.module, in: line, of: base) {
            var start = end
            while start > 0, !Self.beginsStatement(lines[start]) { start -= 1 }
            for index in start...end {
                guard let column = Self.column(of: missing.name, in: lines[index]) else { continue }
                return ScriptException.Frame(function: "", file: base, line: index + 1, column: column)
            }
            // A default import calls it something else.
            if missing.name == "default", !lines[start].contains("{"), !lines[start].contains("*") {
                return ScriptException.Frame(function: "", file: base, line: start + 1, column: 1)
            }
        }
        return nil
    }

    /// Whether one of the texts in quotes means the module.
    private static func names(_ module: String, in line: Substring, of base: String) -> Bool {
        for quote: Character in ["'", "\""] {
            let parts = line.split(separator: quote, omittingEmptySubsequences: false)
            for index in stride(from: 1, to: parts.count, by: 2) {
                let resolved = ModuleName.resolve(String(parts[index]), from: base)
                if case .success(let found) = resolved, found == module { return true }
            }
        }
        return false
    }

    private static func beginsStatement(_ line: Substring) -> Bool {
        let text = line.drop { $0 == " " || $0 == "\t" }
        return text.hasPrefix("import") || text.hasPrefix("export")
    }

    /// Where a name stands as a whole word, from 1.
    private static func column(of name: String, in line: Substring) -> Int? {
        func isPart(_ character: Character?) -> Bool {
            guard let character else { return false }
            return character.isLetter || character.isNumber || character == "_" || character == "$"
        }
        var rest = line
        while let found = rest.firstRange(of: name) {
            let before = line[..<found.lowerBound]
            if !isPart(before.last), !isPart(line[found.upperBound...].first) {
                return before.unicodeScalars.count + 1
            }
            rest = rest[found.upperBound...]
        }
        return nil
    }
}

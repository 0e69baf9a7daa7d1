internal import AssayFormats

/// Definitions of a JSON Schema as a table that a person can read and write: a line a key.
///
/// ```
/// @ stage | a stage | One stretch of a schedule.
/// ! for to                            exactly one of these keys (here: none such)
/// * text                              any other key, with values of this type
/// = anything                          not only mappings
/// for! duration : How long it takes.
/// to! int / template : What it leads to.
/// contract~ name : A key that is read by other means than being asked for by name.
/// ```
/// The second column of a definition names the mapping as its reader does: a test compares the keys of both.
/// Types: `text name int number bool duration percent rate size value matcher`, `enum(a|b)`, the name of a definition,
/// `[type]` for a list, `{type}` for a mapping with any keys; alternatives stand with ` / ` between them.
struct SchemaTable {
    struct Definition {
        var name: String
        /// What readers call it; empty for mappings that no reader asks key by key.
        var readers: [String]
        var description: String
        var keys: [Key] = []
        /// Of each list, exactly one key is there.
        var choices: [[String]] = []
        /// Type of keys that are not listed.
        var others: String?
        /// Not only mappings: the keys are those of a mapping.
        var isAnything = false
    }

    struct Key {
        var name: String
        var isRequired: Bool
        /// Read by other means than being asked for by name.
        var isReadElsewhere: Bool
        var type: String
        var description: String
    }

    private(set) var definitions: [Definition] = []

    init(_ text: String) {
        for line in text.split(separator: "\n") where !line.allSatisfy(\.isWhitespace) {
            let words = Self.trimmed(line.dropFirst())
            switch line.first {
            case "@":
                let parts = words.split(separator: "|", omittingEmptySubsequences: false).map(Self.trimmed)
                precondition(parts.count == 3, "a definition has a name, readers and a description: \(line)")
                definitions.append(
                    Definition(
                        name: parts[0],
                        readers: parts[1].split(separator: ";").map { Self.trimmed($0) }.filter { !$0.isEmpty },
                        description: parts[2]))
            case "!": change { $0.choices.append(words.split(separator: " ").map(String.init)) }
            case "=": change { $0.isAnything = words == "anything" }
            case "*": change { $0.others = words }
            default: change { $0.keys.append(Self.key(line)) }
            }
        }
    }

    private mutating func change(_ change: (inout Definition) -> Void) {
        precondition(!definitions.isEmpty, "a line stands before the first definition")
        change(&definitions[definitions.count - 1])
    }

    private static func key(_ line: Substring) -> Key {
        let parts = line.split(separator: " : ", maxSplits: 1)
        let words = parts[0].split(separator: " ", maxSplits: 1)
        precondition(parts.count == 2 && words.count == 2, "a key has a type and a description: \(line)")
        let (isRequired, isReadElsewhere) = (words[0].hasSuffix("!"), words[0].hasSuffix("~"))
        return Key(
            name: String(isRequired || isReadElsewhere ? words[0].dropLast() : words[0]),
            isRequired: isRequired, isReadElsewhere: isReadElsewhere, type: trimmed(words[1]), description: trimmed(parts[1]))
    }

    static func trimmed(_ text: some StringProtocol) -> String {
        var rest = Substring(text)
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}

// MARK: - as JSON

extension SchemaTable.Definition {
    var json: JSON {
        var object: JSONObject = ["description": .string(description)]
        if !isAnything { object["type"] = "object" }
        if !keys.isEmpty {
            object["properties"] = .object(
                JSONObject(
                    keys.map { key in
                        (key.name, SchemaType.json(key.type, description: key.description))
                    }))
        }
        let required = keys.filter(\.isRequired).map { JSON.string($0.name) }
        if !required.isEmpty { object["required"] = .array(required) }
        if !isAnything { object["additionalProperties"] = others.map { SchemaType.json($0) } ?? .bool(false) }
        let choices = choices.map { names -> JSON in
            ["oneOf": .array(names.map { ["required": [.string($0)]] })]
        }
        if !choices.isEmpty { object["allOf"] = .array(choices) }
        return .object(object)
    }
}

/// The types of a table in the words of JSON Schema.
enum SchemaType {
    static func json(_ type: String, description: String? = nil) -> JSON {
        let parts = alternatives(type).map(atom)
        var object: JSONObject =
            parts.count == 1 ? parts[0].objectValue ?? JSONObject() : ["anyOf": .array(parts)]
        if let description { object["description"] = .string(description) }
        return .object(object)
    }

    /// The names of definitions that a type speaks of.
    static func names(in type: String) -> [String] {
        alternatives(type).flatMap { atom -> [String] in
            if atom.hasPrefix("[") || atom.hasPrefix("{") { return names(in: inside(atom)) }
            return atom.hasPrefix("enum(") || simple[atom] != nil ? [] : [atom]
        }
    }

    private static func inside(_ atom: String) -> String { String(atom.dropFirst().dropLast()) }

    /// Split at ` / ` outside of brackets.
    private static func alternatives(_ type: String) -> [String] {
        var (parts, current, depth) = ([String](), "", 0)
        for word in type.split(separator: " ") {
            if word == "/", depth == 0 {
                parts.append(current)
                current = ""
                continue
            }
            depth += word.count { "[{(".contains($0) } - word.count { "]})".contains($0) }
            current += current.isEmpty ? String(word) : " " + word
        }
        return parts + [current]
    }

    private static func atom(_ atom: String) -> JSON {
        if atom.hasPrefix("[") { return ["type": "array", "items": json(inside(atom))] }
        if atom.hasPrefix("{") { return ["type": "object", "additionalProperties": json(inside(atom))] }
        if atom.hasPrefix("enum(") {
            return ["enum": .array(atom.dropFirst(5).dropLast().split(separator: "|").map { .string(String($0)) })]
        }
        return simple[atom] ?? ["$ref": .string("#/$defs/\(atom)")]
    }

    private static let simple: [String: JSON] = [
        // Readers take a number or a truth value as its text.
        "text": ["type": ["string", "number", "boolean"]],
        "name": ["type": "string"],
        "int": ["type": "integer"],
        "number": ["type": "number"],
        "bool": ["type": "boolean"],
        "null": ["type": "null"],
        "template": ["type": "string", "pattern": "\\$\\{"],
        "duration": [
            "type": "string", "pattern": "^ *[0-9]", "examples": ["200ms", "30s", "5m", "1h30m"],
        ],
        "percent": ["type": ["string", "number"], "examples": ["10%"]],
        "rate": ["type": "string", "pattern": "/", "examples": ["50/s", "1200/min"]],
        "size": ["type": ["string", "integer"], "examples": ["64 KiB"]],
        "one": ["const": 1],
        "value": [:],
    ]
}

internal import AssayFormats

/// The JSON Schema of a kind of file that a person writes, for editors.
///
/// What a schema says is less than what readers check (names, templates, units are theirs), and never more.
struct FileSchema {
    /// As `assay schema` takes it.
    var name: String
    var summary: String
    /// The type of the whole file.
    var root: String
    var title: String
    var table: SchemaTable

    /// Draft 2020-12.
    var json: JSON {
        var object: JSONObject = [
            "$schema": "https://json-schema.org/draft/2020-12/schema", "title": .string(title),
        ]
        for (key, value) in SchemaType.json(root).objectValue ?? JSONObject() { object[key] = value }
        object["$defs"] = .object(JSONObject(needed.map { ($0.name, $0.json) }))
        return .object(object)
    }

    var text: String { json.rendered(pretty: true) + "\n" }

    /// The definitions that the root leads to, in the order of the table.
    var needed: [SchemaTable.Definition] {
        let all = Dictionary(table.definitions.map { ($0.name, $0) }) { first, _ in first }
        var found: Set<String> = []
        var open = SchemaType.names(in: root)
        while let name = open.popLast() {
            guard found.insert(name).inserted else { continue }
            guard let definition = all[name] else { preconditionFailure("no schema defines '\(name)'") }
            let types = definition.keys.map(\.type) + [definition.others].compactMap(\.self)
            open += types.flatMap(SchemaType.names)
        }
        return table.definitions.filter { found.contains($0.name) }
    }
}

enum FileSchemas {
    /// In the order of `assay schema --help`.
    static let all: [FileSchema] = [
        FileSchema(
            name: "project", summary: "assay.yml", root: "project", title: "Assay: a project", table: table),
        FileSchema(
            name: "scenario", summary: "files with `scenario:`", root: "scenario",
            title: "Assay: a scenario", table: table),
        FileSchema(
            name: "load", summary: "load profiles, files with `load:`", root: "load",
            title: "Assay: a load profile", table: table),
        FileSchema(
            name: "double", summary: "files with `double:`", root: doubleType, title: "Assay: a double",
            table: table),
        FileSchema(
            name: "contracts", summary: "contracts.yml of a contracts folder", root: "contracts",
            title: "Assay: contracts", table: table),
        FileSchema(
            name: "factories", summary: "files with `factories:` or `fixtures:`", root: "factories",
            title: "Assay: factories and fixtures", table: table),
        FileSchema(
            name: "quarantine", summary: "the list of tests in quarantine", root: "quarantine-file",
            title: "Assay: tests in quarantine", table: table),
        FileSchema(
            name: "waivers", summary: "breaking changes that are accepted", root: "[waiver]",
            title: "Assay: waivers", table: table),
    ]

    static let table = SchemaTable(
        [
            projectSchema, scenarioSchema, stepSchemas, callSchemas, loadSchema, doubleSchema, presetSchemas,
            botSchemas, contractSchema, factorySchema,
        ].joined(separator: "\n"))
}

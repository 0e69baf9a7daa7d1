import AssayCore
import AssayFormats

extension ContractFolder {
    /// An example and the schema that it must hold against; `nil` when nothing says which.
    struct Example {
        var file: String
        var schema: String?
        var pointer = ""
    }

    /// Files of folders `golden`, and those that the manifest names.
    var allExamples: [Example] {
        var found: [Example] = examples.compactMap { example in
            guard let file = resolve(example.file, version: nil) else { return nil }
            return Example(
                file: file, schema: resolve(example.schema, version: nil), pointer: example.schema.pointer)
        }
        for name in files.names.sorted() where !found.contains(where: { $0.file == name }) {
            let parts = name.split(separator: "/").map(String.init)
            guard let golden = parts.dropLast().firstIndex(of: "golden"), Self.isValue(name) else { continue }
            found.append(
                Example(
                    file: name, schema: schema(ofExample: Array(parts[(golden + 1)...]), in: parts[..<golden])
                )
            )
        }
        return found.sorted { $0.file < $1.file }
    }

    private static func isValue(_ name: String) -> Bool {
        [".json", ".yml", ".yaml"].contains { name.hasSuffix($0) } && !ContractFiles.isSchema(name)
    }

    /// `golden/update.json`, `golden/update.long.json` and `golden/update/long.json` are of `update.schema.json` beside
    /// `golden`; `golden/status/v2/update.json` is of `status/v2/update.schema.json`.
    private func schema(ofExample rest: [String], in folder: ArraySlice<String>) -> String? {
        guard let last = rest.last else { return nil }
        let base = last.split(separator: ".").dropLast().map(String.init)
        let inner = Array(rest.dropLast())
        var candidates = base.indices.reversed().map { end in
            (inner, base[...end].joined(separator: "."))
        }
        if let above = inner.last { candidates.append((Array(inner.dropLast()), above)) }
        for (folders, name) in candidates {
            for ending in [".schema.json", ".schema.yml", ".schema.yaml"] {
                let written = (Array(folder) + folders + [name + ending]).joined(separator: "/")
                let path = ContractFilePath(written: written, pointer: "", location: place(written))
                if let found = resolve(path, version: nil) { return found }
            }
        }
        return nil
    }

    func example(_ example: Example, _ shelf: SchemaShelf) -> FolderCheck {
        var check = FolderCheck(
            name: "example \(example.file)", contract: Self.family(of: example.file),
            location: place(example.file))
        guard let schema = example.schema else {
            check.findings.append(
                .init(
                    "example", place: "schema", expected: "a schema that it is an example of",
                    actual: "none of its name; say it with `golden:` in the manifest"))
            return check
        }
        check.contract = Self.family(of: schema)
        check.findings = judge(example.file, by: schema, pointer: example.pointer, "example", shelf)
        return check
    }

    func judge(
        _ example: String, by schema: String, pointer: String = "", _ rule: String, _ shelf: SchemaShelf
    ) -> [FolderCheck.Finding] {
        let path = ContractFilePath(written: schema, pointer: pointer, location: place(schema))
        // One that cannot be used is a result of its own.
        guard let compiled = shelf.schema(schema, pointer: pointer, use: .plain, at: path) else { return [] }
        switch files.document(example) {
        case .failure(let fault):
            return [
                .init(rule, place: "$", expected: "JSON", actual: fault.text, location: fault.location)
            ]
        case .success(let document):
            return compiled.violations(of: document.json, positions: document.positions).map { violation in
                let at = violation.instanceLocation.map { "\($0.file):\($0.line) " } ?? ""
                return .init(rule, violation, in: at)
            }
        }
    }
}

public import AssayCore
import AssayFormats

/// The documents and schemas of a folder, read and compiled once each while a book is made.
final class SchemaShelf {
    private struct Key: Hashable {
        var file: String
        var pointer: String
        var use: SchemaUse
    }

    let files: ContractFiles
    private let documents: SchemaDocuments
    private let bag: DiagnosticBag
    private var schemas: [Key: JSONSchema?] = [:]

    init(_ files: ContractFiles, _ bag: DiagnosticBag) {
        self.files = files
        self.bag = bag
        documents = files.documents
    }

    /// - Parameter path: for the place of messages.
    /// - Returns: `nil` when the schema cannot be used, which is in the bag (AS422, AS428).
    func schema(_ file: String, pointer: String, use: SchemaUse, at path: ContractFilePath) -> JSONSchema? {
        let key = Key(file: file, pointer: pointer, use: use)
        if let known = schemas[key] { return known }
        let made = compile(key, at: path)
        schemas[key] = .some(made)
        return made
    }

    private func compile(_ key: Key, at path: ContractFilePath) -> JSONSchema? {
        guard let document = document(key.file, at: path) else { return nil }
        do throws(SchemaError) {
            return try JSONSchema(
                compiling: document,
                at: files.shown(key.file) + (key.pointer.isEmpty ? "" : "#" + key.pointer),
                documents: documents, assertsFormats: true, use: key.use)
        } catch {
            bag.add(
                Diagnostic(
                    "AS422", "the schema \(error.place) expects \(error.expected), found \(error.actual)",
                    at: error.location ?? path.location))
            return nil
        }
    }

    /// A JSON or YAML file with the places of its parts.
    func document(_ file: String, at path: ContractFilePath) -> SchemaDocument? {
        switch files.document(file) {
        case .success(let document): return document
        case .failure(let fault):
            bag.add(Diagnostic("AS428", fault.text, at: fault.location ?? path.location))
            return nil
        }
    }
}

/// Why a file of a folder holds no value.
struct ContractFileFault: Error {
    var text: String
    var location: SourceLocation?
}

extension ContractFiles {
    /// A JSON or YAML file of the folder with the places of its parts.
    func document(_ name: String) -> Result<SchemaDocument, ContractFileFault> {
        let file = shown(name)
        guard let bytes = bytes(name) else {
            return .failure(ContractFileFault(text: "'\(file)' cannot be read"))
        }
        if name.hasSuffix(".yml") || name.hasSuffix(".yaml") {
            let bag = DiagnosticBag()
            if let yaml = YAMLReading(parsing: bytes, file: file, bag: bag),
                let document = SchemaDocument(yaml), !bag.hasErrors
            {
                return .success(document)
            }
            let first = bag.all.first
            return .failure(
                ContractFileFault(
                    text: "'\(file)' cannot be read: \(first?.message ?? "it holds no value")",
                    location: first?.location))
        }
        do throws(JSONError) {
            return .success(try SchemaDocument(parsingJSON: bytes, file: file))
        } catch {
            return .failure(
                ContractFileFault(
                    text: "'\(file)' is no JSON: expected \(error.expected), found \(error.actual)",
                    location: SourceLocation(file: file, line: error.line, column: error.column)))
        }
    }

    /// What references between schemas of the folder find: by path, or by the `$id` that a schema has.
    var documents: SchemaDocuments {
        let (files, ids) = (self, idsOfSchemas)
        return SchemaDocuments(reading: { uri in
            guard let name = files.name(ofDocument: uri, ids) else { return nil }
            return try? files.document(name).get()
        })
    }

    /// The file that a reference without its fragment leads to.
    ///
    /// - Parameter ids: ``idsOfSchemas``, which reads every schema of the folder.
    func name(ofDocument uri: String, _ ids: [String: String]) -> String? {
        guard let name = ids[uri] ?? name(shownAs: uri), names.contains(name) else { return nil }
        return name
    }

    /// Files by the `$id` at their root.
    var idsOfSchemas: [String: String] {
        var ids: [String: String] = [:]
        for name in names.sorted() where Self.isSchema(name) {
            guard let document = try? document(name).get(), let id = document.json["$id"]?.stringValue else {
                continue
            }
            ids[URIReference(id).withoutFragment.text] = ids[id] ?? name
        }
        return ids
    }

    /// Schemas are named so that examples and documents beside them are not taken for some.
    static func isSchema(_ name: String) -> Bool {
        [".schema.json", ".schema.yml", ".schema.yaml"].contains { name.hasSuffix($0) }
    }

    /// The text of a line, for showing it; `nil` for a place outside of the folder.
    public func line(at location: SourceLocation) -> String? {
        guard let name = name(shownAs: location.file), names.contains(name), let bytes = bytes(name) else {
            return nil
        }
        return SourceText(String(decoding: bytes, as: UTF8.self), file: location.file).line(location.line)
    }
}

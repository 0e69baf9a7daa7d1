public import AssayCore
internal import AssayFormats
internal import AssayScenario

/// Makes scenarios of a Postman collection, version 2.1 (2.0 has the same shape where it matters).
public struct PostmanImport: Sendable {
    public init() {}

    /// - Parameters:
    ///   - bytes: the collection.
    ///   - file: its path as notes and diagnostics show it.
    ///   - environment: an exported environment with its path, whose values win over the collection's.
    /// - Throws: AS001–AS008 for what is no JSON, AS623 for what is no collection, AS624 for what is no environment, AS625
    ///   for a collection without requests.
    public func files(
        from bytes: [UInt8], file: String, environment: (bytes: [UInt8], file: String)? = nil
    ) throws(Diagnostics) -> ImportedFiles {
        let bag = DiagnosticBag()
        guard let yaml = YAMLReading(parsingJSON: bytes, file: file, bag: bag, limits: HARImport.limits)
        else {
            throw Diagnostics(bag.all)
        }
        // Older exports wrap it.
        let root = yaml.root["collection"].flatMap { $0["item"] == nil ? nil : $0 } ?? yaml.root
        guard let info = root["info"], let items = root["item"]?.elements else {
            let isOld = yaml.root["requests"] != nil
            throw Diagnostics([
                Diagnostic(
                    "AS623",
                    isOld
                        ? "this is a collection of version 1, which is not read"
                        : "this is no Postman collection: expected `info` and a list of `item`, found \(yaml.root.kindText)",
                    at: yaml.root.location, fix: "export it as \"Collection v2.1\"")
            ])
        }
        var variables = PostmanVariables()
        variables.add(root["variable"]?.elements ?? [])
        if let environment {
            guard
                let yaml = YAMLReading(
                    parsingJSON: environment.bytes, file: environment.file, bag: bag, limits: HARImport.limits
                )
            else { throw Diagnostics(bag.all) }
            guard let values = yaml.root["values"]?.elements else {
                throw Diagnostics([
                    Diagnostic(
                        "AS624",
                        "this is no Postman environment: expected a list of `values`, found \(yaml.root.kindText)",
                        at: yaml.root.location, fix: "export it from Postman's environments")
                ])
            }
            variables.add(values)
        }
        var collection = PostmanCollection(variables: variables)
        collection.read(items, below: root)
        guard collection.requestCount > 0 else {
            throw Diagnostics([
                Diagnostic("AS625", "the collection has no request to make a scenario of", at: root.location)
            ])
        }
        let title = info["name"]?.scalarText ?? HARImport.stem(of: file)
        let scenarios = collection.scenarios(named: title)
        var bundle = ImportedBundle(source: file, verb: "postman")
        bundle.notes = collection.allNotes
        bundle.summary = collection.summary
        return bundle.files(of: scenarios, named: title)
    }
}

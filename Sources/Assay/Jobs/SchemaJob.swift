public import AssayCore
internal import AssayFormats
internal import AssayReport

/// `assay schema KIND`: prints the JSON Schema of a kind of file.
public struct SchemaJob: Sendable {
    public var kind: String

    /// What there is: names, and what files they are of.
    public static var kinds: [(name: String, summary: String)] {
        FileSchemas.all.map { ($0.name, $0.summary) }
    }

    public init(kind: String) { self.kind = kind }

    public func run(_ console: Console) -> ExitCode {
        guard let schema = FileSchemas.all.first(where: { $0.name == kind }) else {
            let names = FileSchemas.all.map(\.name)
            let near = nearestName(to: kind, among: names)
            console.complain(
                Diagnostics([
                    Diagnostic(
                        "AS596", "there is no schema of '\(kind)'",
                        fix: near.map { "did you mean '\($0)'?" }
                            ?? "there are: \(names.joined(separator: ", "))")
                ]))
            return .badInput
        }
        console.print(schema.text)
        return .passed
    }
}

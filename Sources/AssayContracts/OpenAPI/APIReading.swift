import AssayCore
import AssayFormats

/// One reading of a document: what was found wrong, and where references lead.
final class APIReading {
    let sources: APISources
    /// Whether the document is of 3.0.
    let isThreeZero: Bool
    private let yaml: YAMLReading
    private var told: Set<String> = []
    private var resolved: [String: Resolved] = [:]
    private(set) var hasErrors = false

    private enum Resolved {
        case part(APIPart)
        /// Why not, for a person.
        case problem(String)
    }

    /// Chains are followed so far.
    private static let hopLimit = 32

    init(_ yaml: YAMLReading, _ sources: APISources, isThreeZero: Bool) {
        self.yaml = yaml
        self.sources = sources
        self.isThreeZero = isThreeZero
    }

    // MARK: Telling

    func error(_ code: DiagnosticCode, _ message: String, at part: APIPart, fix: String? = nil) {
        tell(Diagnostic(code, message, at: part.location, fix: fix), in: part.document)
    }

    func warn(_ code: DiagnosticCode, _ message: String, at part: APIPart, fix: String? = nil) {
        tell(
            Diagnostic(code, message, at: part.location, fix: fix, severity: .warning), in: part.document)
    }

    /// Tells something once, however often a shared part is met.
    func tell(_ diagnostic: Diagnostic, in document: APISources.Document) {
        if diagnostic.severity == .error { hasErrors = true }
        let name = "\(diagnostic.code) \(diagnostic.location?.description ?? "") \(diagnostic.message)"
        guard told.insert(name).inserted else { return }
        yaml.bag.add(document.completed(diagnostic))
    }

    // MARK: References

    /// What a part stands for: itself, or what its `$ref` leads to.
    ///
    /// - Returns: `nil` when it leads nowhere or in a circle; that is told with ``tellReference(_:)``.
    func resolve(_ part: APIPart) -> APIPart? {
        guard case .string(let reference)? = part.value["$ref"] else { return part }
        guard case .part(let found) = lookUp(reference, from: part) else { return nil }
        return found
    }

    /// Tells what is wrong with a part's `$ref`.
    func tellReference(_ part: APIPart) {
        guard let place = part["$ref"] else { return }
        guard case .string(let reference) = place.value else {
            error("AS146", "expected a text for '$ref', found \(place.kindText)", at: place)
            return
        }
        if case .problem(let message) = lookUp(reference, from: part) {
            error("AS148", message, at: place)
        }
    }

    private func lookUp(_ reference: String, from part: APIPart) -> Resolved {
        let key = part.document.name + " " + reference
        if let known = resolved[key] { return known }
        var found = follow(reference, from: part)
        for _ in 0..<Self.hopLimit {
            guard case .part(let next) = found, case .string(let further)? = next.value["$ref"] else { break }
            if next.pointer == part.pointer, next.document === part.document { break }
            found = follow(further, from: next)
        }
        if case .part(let end) = found, end.value["$ref"]?.stringValue != nil {
            found = .problem("'\(reference)' leads in a circle")
        }
        resolved[key] = found
        return found
    }

    private func follow(_ reference: String, from part: APIPart) -> Resolved {
        let uri = URIReference(reference).resolved(against: URIReference(part.document.name))
        let name = reference.hasPrefix("#") ? part.document.name : uri.withoutFragment.text
        guard let document = sources.document(name) else {
            return .problem("'\(name)' of '\(reference)' cannot be read")
        }
        let written = URIReference.percentDecoded(uri.fragment ?? "")
        // Strictly a member without a name; everybody means the whole document.
        let fragment = written == "/" ? "" : written
        guard fragment.isEmpty || fragment.hasPrefix("/") else {
            return .problem("'\(reference)' is no JSON Pointer; write `#/components/…`")
        }
        var found = document.part
        for token in JSONPointer.tokens(fragment) {
            guard let next = found[token] else { return .problem("there is no '\(reference)'") }
            found = next
        }
        return .part(found)
    }
}

extension APIReading {
    /// - Parameter place: a pointer of the document, or `FILE#POINTER` of another one.
    func part(at place: String) -> APIPart? {
        guard let (document, pointer) = sources.split(place),
            let value = JSONPointer.find(pointer, in: document.json)
        else { return nil }
        // Without its node, which would be looked for among all paths; places can still be asked for.
        return APIPart(document: document, pointer: pointer, value: value, node: nil)
    }
}

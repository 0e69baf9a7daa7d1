import AssayCore
import AssayFormats
import Synchronization

/// An OpenAPI document and those that it refers to, each read once, with the places of their values.
final class APISources: Sendable {
    /// One document.
    final class Document: Sendable {
        /// Path as the person gave it, or relative to the same folder.
        let name: String
        let json: JSON
        /// `nil` when places are not known.
        /// With it, parts know their places at once; `nil` for documents that are referred to.
        let root: YAMLNode?
        /// `nil` when places are not known.
        let positions: DocumentPositions?

        init(name: String, json: JSON, root: YAMLNode?, positions: DocumentPositions?) {
            self.name = name
            self.json = json
            self.root = root
            self.positions = positions
        }

        /// The whole document.
        var part: APIPart { APIPart(document: self, pointer: "", value: json, node: root) }

        var start: SourceLocation { root?.location ?? SourceLocation(file: name, line: 1, column: 1) }

        /// Where the value at a pointer is written; where it is not, the closest around it.
        func location(of pointer: String) -> (location: SourceLocation, isExact: Bool) {
            guard var node = root else {
                return (
                    positions?.nearestLocation(of: pointer) ?? start,
                    JSONPointer.find(pointer, in: json) != nil
                )
            }
            for token in JSONPointer.tokens(pointer) {
                let next = node.elements.flatMap { elements in
                    Int(token).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
                }
                guard let found = next ?? node[token] else { return (node.location, false) }
                node = found
            }
            return (node.location, true)
        }

        /// The diagnostic with the text of its line.
        func completed(_ diagnostic: Diagnostic) -> Diagnostic {
            guard let location = diagnostic.location, location.file == name, diagnostic.line == nil else {
                return diagnostic
            }
            var diagnostic = diagnostic
            diagnostic.line = positions?.line(location.line)
            return diagnostic
        }
    }

    let first: Document
    private let documents: SchemaDocuments
    private let others = Mutex<[String: Document?]>([:])

    init(_ first: Document, documents: SchemaDocuments) {
        self.first = first
        self.documents = documents
    }

    /// - Parameter name: resolved against the first document's.
    /// - Returns: `nil` when it cannot be read.
    func document(_ name: String) -> Document? {
        if name == first.name || name.isEmpty { return first }
        if let known = others.withLock({ $0[name] }) { return known }
        // Reading is not done under the lock: it may be slow, and ask for further documents.
        let made = documents.read(name).map {
            Document(name: name, json: $0.json, root: nil, positions: $0.positions)
        }
        return others.withLock { others in
            if let known = others[name] { return known }
            others[name] = .some(made)
            return made
        }
    }

    /// For schemas that refer to other documents.
    var schemaDocuments: SchemaDocuments {
        SchemaDocuments(reading: { [self] name in document(name).map { SchemaDocument($0.json) } })
    }

    /// Takes `FILE#POINTER`, or a pointer of the first document, apart.
    func split(_ place: String) -> (document: Document, pointer: String)? {
        if let mark = place.firstIndex(of: "#") {
            let name = String(place[..<mark])
            if name.isEmpty || name == first.name || others.withLock({ $0[name] != nil }) {
                return document(name).map { ($0, String(place[place.index(after: mark)...])) }
            }
        }
        return (first, place)
    }

    func location(of place: String) -> SourceLocation? {
        guard let (document, pointer) = split(place) else { return nil }
        let found = document.location(of: pointer)
        return found.isExact ? found.location : nil
    }

    /// Where a place is written, or what is closest around it.
    func nearestLocation(of place: String) -> SourceLocation {
        guard let (document, pointer) = split(place) else { return first.start }
        return document.location(of: pointer).location
    }
}

/// A value of a document and where it is.
struct APIPart {
    let document: APISources.Document
    /// From the document's root.
    let pointer: String
    let value: JSON
    let node: YAMLNode?

    var location: SourceLocation { node?.location ?? document.location(of: pointer).location }

    /// Names the place among all documents.
    var place: String { document.name + "#" + pointer }

    /// A member of an object or an element of a list.
    subscript(name: String) -> APIPart? {
        guard let found = JSONPointer.step(value, name) else { return nil }
        let node =
            if case .array = value {
                Int(name).flatMap { place in self.node?.elements.map { $0[place] } }
            } else {
                self.node?[name]
            }
        return APIPart(
            document: document, pointer: pointer + "/" + JSONPointer.escaped(name), value: found, node: node)
    }

    /// Members of an object in their order; none for other values.
    var members: [(name: String, part: APIPart)] {
        guard case .object(let object) = value else { return [] }
        let pairs = node?.pairs
        let isAligned = pairs?.count == object.count
        return zip(object.keys, object.values).enumerated().map { place, member in
            let node = isAligned ? pairs?[place].value : self.node?[member.0]
            return (
                member.0,
                APIPart(
                    document: document, pointer: pointer + "/" + JSONPointer.escaped(member.0),
                    value: member.1,
                    node: node)
            )
        }
    }

    /// Elements of a list; none for other values.
    var elements: [APIPart] {
        guard case .array(let elements) = value else { return [] }
        return elements.enumerated().map { place, element in
            APIPart(
                document: document, pointer: pointer + "/\(place)", value: element,
                node: node?.elements?[place])
        }
    }

    /// Where the name of a member is written.
    func location(ofName name: String) -> SourceLocation? {
        node?.pairs?.first { $0.name == name }?.key.location
    }

    var kindText: String {
        node?.kindText ?? Shortened.value(value)
    }
}

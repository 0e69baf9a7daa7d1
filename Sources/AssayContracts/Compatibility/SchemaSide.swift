import AssayFormats

/// A schema of one version by its place.
struct SchemaSpot: Hashable {
    var resource: Int
    var place: SchemaLibrary.Place
    /// Only the keywords that stand here count, without `$ref`, `allOf`, `anyOf` and `oneOf`.
    var isAlone = false
}

/// One schema object with everything that says where it is from.
struct SchemaPiece {
    var spot: SchemaSpot
    var members: JSONObject
    var dialect: SchemaDialect
    /// It is within an `anyOf` that allows null beside it.
    var isWithNull: Bool
}

/// One version of the schemas that are compared: follows references and takes schemas apart.
///
/// Not `Sendable`: it belongs to one comparison.
final class SchemaSide {
    private var library: SchemaLibrary
    private let root: Int
    private let source: ComparedDocument
    private var shapes: [[SchemaSpot]: SchemaShape] = [:]
    private var values: [SchemaLibrary.Place: JSON] = [:]
    private var patterns: [String: Pattern?] = [:]
    private var matchesLeft = SchemaSide.matchLimit
    /// How many shapes are being made inside each other.
    private var depth = 0

    /// So often names are held against `patternProperties` in one comparison.
    static let matchLimit = 1_000_000
    /// Unions inside unions are asked for null down to here.
    static let nullDepth = 32
    /// Of one schema no more parts than this are put together (`allOf` and what it refers to).
    static let pieceLimit = 2000

    init(_ source: ComparedDocument) throws(SchemaError) {
        self.source = source
        library = SchemaLibrary(documents: source.documents)
        do {
            root = try library.add(source.document, at: URIReference(source.file), fallback: .draft2020)
        } catch {
            throw library.located(error)
        }
    }

    /// The schema at a JSON Pointer of the document, or at `FILE#POINTER` of another one.
    func spot(at pointer: String) throws(SchemaError) -> SchemaSpot {
        try located { () throws(SchemaError) in try self.unlocatedSpot(at: pointer) }
    }

    private func unlocatedSpot(at pointer: String) throws(SchemaError) -> SchemaSpot {
        var resource = root
        var fragment = pointer
        if let mark = pointer.firstIndex(of: "#") {
            let uri = URIReference(String(pointer[..<mark]))
            fragment = String(pointer[pointer.index(after: mark)...])
            guard let found = try library.resource(at: uri, from: root) else {
                throw SchemaError(
                    place: source.file, expected: "a document that can be read", actual: "'\(uri.text)'")
            }
            resource = found
        }
        guard let found = try library.find(fragment, in: resource) else {
            throw SchemaError(
                place: source.file + "#" + pointer, expected: "a schema", actual: "nothing")
        }
        return SchemaSpot(resource: found.resource, place: found.place)
    }

    func value(of spot: SchemaSpot) -> JSON {
        if let known = values[spot.place] { return known }
        let found =
            JSONPointer.find(spot.place.pointer, in: library.roots[spot.place.document]) ?? .bool(true)
        values[spot.place] = found
        return found
    }

    func fileName(of place: SchemaLibrary.Place) -> String { library.names[place.document] }

    /// Where parts of a place's document are written.
    func positions(of place: SchemaLibrary.Place) -> DocumentPositions? {
        library.positions[place.document]
    }

    /// The error with its line, where that is known.
    private func located<Value>(
        _ work: () throws(SchemaError) -> Value
    ) throws(SchemaError) -> Value {
        do {
            return try work()
        } catch {
            throw library.located(error)
        }
    }

    func dialect(of spot: SchemaSpot) -> SchemaDialect { library.resources[spot.resource].dialect }

    /// A schema below another one.
    func spot(below spot: SchemaSpot, _ step: String) -> SchemaSpot {
        let place = SchemaLibrary.Place(
            document: spot.place.document, pointer: spot.place.pointer + "/" + step)
        return SchemaSpot(resource: library.resource(startingAt: place) ?? spot.resource, place: place)
    }

    // MARK: References

    /// What `$ref` or `$dynamicRef` means.
    func target(of reference: String, from spot: SchemaSpot) throws(SchemaError) -> SchemaSpot {
        try located { () throws(SchemaError) in try self.unlocatedTarget(of: reference, from: spot) }
    }

    private func unlocatedTarget(
        of reference: String, from spot: SchemaSpot
    ) throws(SchemaError) -> SchemaSpot {
        let user = library.resources[spot.resource]
        let uri = URIReference(reference).resolved(against: user.uri)
        let place = library.name(of: spot.place)
        let isLocal = reference.hasPrefix("#")
        let known =
            isLocal ? spot.resource : try library.resource(at: uri.withoutFragment, from: spot.resource)
        guard let resource = known else {
            throw SchemaError(
                place: place, expected: "a reference to a document that can be read",
                actual: "'\(uri.withoutFragment.text)', which cannot")
        }
        let fragment = URIReference.percentDecoded(uri.fragment ?? "")
        if fragment.isEmpty || fragment.hasPrefix("/") {
            if let found = try library.find(fragment, in: resource) {
                return SchemaSpot(resource: found.resource, place: found.place)
            }
        } else if let pointer = library.resources[resource].anchors[fragment] {
            return SchemaSpot(
                resource: resource,
                place: .init(document: library.resources[resource].document, pointer: pointer))
        }
        throw SchemaError(
            place: place, expected: "a reference to a schema that exists",
            actual: "'\(reference)', and there is no '#\(fragment)'")
    }

    /// The same schema under the place where it is written, when it only refers to it.
    func canonical(_ spot: SchemaSpot) throws(SchemaError) -> SchemaSpot {
        var spot = spot
        var seen: Set<SchemaSpot> = [spot]
        while !spot.isAlone, let members = value(of: spot).objectValue, members.count == 1,
            let reference = members["$ref"]?.stringValue
        {
            spot = try target(of: reference, from: spot)
            guard seen.insert(spot).inserted else { break }
        }
        return spot
    }

    // MARK: Taking apart

    /// All schema objects that a value must satisfy, references followed and `allOf` opened.
    ///
    /// - Returns: and where a schema is `false`, that place.
    func pieces(
        of spots: [SchemaSpot]
    ) throws(SchemaError) -> (pieces: [SchemaPiece], never: SchemaSpot?) {
        var pieces: [SchemaPiece] = []
        var never: SchemaSpot?
        var seen: Set<SchemaSpot> = []
        var waiting = spots.reversed().map { ($0, false) }
        while let (spot, isWithNull) = waiting.popLast() {
            guard seen.insert(spot).inserted else { continue }
            guard pieces.count < Self.pieceLimit else {
                throw SchemaError(
                    place: library.name(of: spot.place),
                    expected: "a schema of at most \(Self.pieceLimit) parts", actual: "one of more")
            }
            let schema = value(of: spot)
            if case .bool(let isAlways) = schema {
                if !isAlways, never == nil { never = spot }
                continue
            }
            guard let members = schema.objectValue else {
                throw SchemaError(
                    place: library.name(of: spot.place), expected: "a schema (an object, true or false)",
                    actual: Shortened.value(schema))
            }
            let dialect = dialect(of: spot)
            let isNullable = dialect.isOpenAPI30 && members["nullable"] == .bool(true)
            let reference = members["$ref"]?.stringValue
            // What stands beside `$ref` in older dialects does not count.
            let isReferenceAlone = reference != nil && dialect.refStandsAlone
            if !isReferenceAlone {
                pieces.append(
                    SchemaPiece(spot: spot, members: members, dialect: dialect, isWithNull: isWithNull))
            }
            if spot.isAlone { continue }
            var next: [(SchemaSpot, Bool)] = []
            for reference in [reference, members["$dynamicRef"]?.stringValue].compactMap({ $0 }) {
                next.append((try target(of: reference, from: spot), isWithNull || isNullable))
            }
            if !isReferenceAlone {
                for index in (members["allOf"]?.arrayValue ?? []).indices {
                    next.append((self.spot(below: spot, "allOf/\(index)"), isWithNull || isNullable))
                }
                for keyword in ["anyOf", "oneOf"] {
                    guard let only = sole(keyword, members) else { continue }
                    next.append(
                        (
                            self.spot(below: spot, "\(keyword)/\(only.index)"),
                            isWithNull || isNullable || only.hasNull
                        ))
                }
            }
            waiting += next.reversed()
        }
        return (pieces, never)
    }

    /// The one member of an `anyOf` or `oneOf` that is not null, when there is only one; else null, when there is nothing but null.
    private func sole(_ keyword: String, _ members: JSONObject) -> (index: Int, hasNull: Bool)? {
        guard let all = members[keyword]?.arrayValue else { return nil }
        let others = all.indices.filter { !Self.isNullAlone(all[$0]) }
        if others.isEmpty, !all.isEmpty { return (0, false) }
        guard others.count == 1 else { return nil }
        return (others[0], all.count > 1)
    }

    /// Whether a schema says `null` and nothing else.
    static func isNullAlone(_ schema: JSON) -> Bool {
        guard let members = schema.objectValue,
            members.keys.allSatisfy({
                ["type", "const", "enum", "nullable", "title", "description"].contains($0)
            })
        else { return false }
        return members["type"] == .string("null") || members["type"] == .array([.string("null")])
            || members["enum"] == .array([.null]) || (members["const"] ?? .bool(true)) == .null
    }

    // MARK: Shapes

    /// What a schema asks for, keyword by keyword, with all of its parts put together.
    func shape(of spots: [SchemaSpot]) throws(SchemaError) -> SchemaShape {
        if let known = shapes[spots] { return known }
        let (pieces, never) = try located { () throws(SchemaError) in try self.pieces(of: spots) }
        let made = try SchemaShape(pieces: pieces, never: never, side: self)
        shapes[spots] = made
        return made
    }

    /// Whether a member of a union lets null through; no, where unions go round in circles.
    func acceptsNull(_ spot: SchemaSpot) throws(SchemaError) -> Bool {
        guard depth < Self.nullDepth else { return false }
        depth += 1
        defer { depth -= 1 }
        return try shape(of: [spot]).acceptsNull
    }

    /// Whether `patternProperties` has a name; `false` too when there was too much to match.
    func matches(_ name: String, _ source: String) -> Bool {
        matchesLeft -= 1
        guard matchesLeft > 0 else { return false }
        let pattern: Pattern?
        if let known = patterns[source] {
            pattern = known
        } else {
            pattern = try? Pattern(ECMAPattern.translated(source))
            patterns[source] = .some(pattern)
        }
        guard let pattern else { return false }
        return (try? pattern.matches(in: name)) ?? false
    }

    /// Everything was looked at.
    var isWithinLimits: Bool { matchesLeft > 0 }
}

import AssayFormats

/// The schemas of an object's properties and of an array's elements.
extension SchemaShape {
    /// Names that `properties` has anywhere, each once, in the order written.
    var declaredNames: [String] {
        var seen: Set<String> = []
        var names: [String] = []
        for piece in pieces {
            for name in piece.members["properties"]?.objectValue?.keys ?? []
            where seen.insert(name).inserted { names.append(name) }
        }
        return names
    }

    func isDeclared(_ name: String) -> Bool { declaration(of: name) != nil }

    /// Where `properties` has a name.
    func declaration(of name: String) -> SchemaLibrary.Place? {
        pieces.first { $0.members["properties"]?.objectValue?[name] != nil }.map { piece in
            .init(
                document: piece.spot.place.document,
                pointer: piece.spot.place.pointer + "/properties/" + JSONPointer.escaped(name))
        }
    }

    /// Patterns of `patternProperties`, each once.
    var patternNames: [String] {
        var names: [String] = []
        for piece in pieces {
            for name in piece.members["patternProperties"]?.objectValue?.keys ?? []
            where !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// Schemas that a property of this name must satisfy, by `properties`, patterns and what holds for all others.
    func property(_ name: String, _ side: SchemaSide) throws(SchemaError) -> [SchemaSpot] {
        var spots: [SchemaSpot] = []
        var isEvaluated = false
        for piece in pieces {
            let found = try own(property: name, of: piece, side)
            isEvaluated = isEvaluated || found.isNamed || piece.members["additionalProperties"] != nil
            spots += found.spots
        }
        if !isEvaluated { spots += unevaluated(side) }
        return spots
    }

    private func own(
        property name: String, of piece: SchemaPiece, _ side: SchemaSide
    ) throws(SchemaError) -> (spots: [SchemaSpot], isNamed: Bool) {
        var spots: [SchemaSpot] = []
        if piece.members["properties"]?.objectValue?[name] != nil {
            spots.append(
                try side.canonical(side.spot(below: piece.spot, "properties/" + JSONPointer.escaped(name))))
        }
        for pattern in piece.members["patternProperties"]?.objectValue?.keys ?? []
        where side.matches(name, pattern) {
            spots.append(side.spot(below: piece.spot, "patternProperties/" + JSONPointer.escaped(pattern)))
        }
        if !spots.isEmpty { return (spots, true) }
        guard piece.restricts("additionalProperties") else { return ([], false) }
        return ([side.spot(below: piece.spot, "additionalProperties")], false)
    }

    /// Schemas of properties whose names fit a pattern of `patternProperties`.
    func properties(like pattern: String, _ side: SchemaSide) -> [SchemaSpot] {
        var spots: [SchemaSpot] = []
        for piece in pieces {
            if piece.members["patternProperties"]?.objectValue?[pattern] != nil {
                spots.append(
                    side.spot(below: piece.spot, "patternProperties/" + JSONPointer.escaped(pattern)))
            } else if piece.restricts("additionalProperties") {
                spots.append(side.spot(below: piece.spot, "additionalProperties"))
            }
        }
        return spots
    }

    /// Schemas of properties that nothing names.
    func otherProperties(_ side: SchemaSide) -> [SchemaSpot] {
        let spots = pieces.filter { $0.restricts("additionalProperties") }.map {
            side.spot(below: $0.spot, "additionalProperties")
        }
        let isEvaluated = pieces.contains { $0.members["additionalProperties"] != nil }
        return isEvaluated ? spots : unevaluated(side)
    }

    private func unevaluated(_ side: SchemaSide) -> [SchemaSpot] {
        pieces.filter { $0.restricts("unevaluatedProperties") }.map {
            side.spot(below: $0.spot, "unevaluatedProperties")
        }
    }

    /// Schemas of the names themselves.
    func names(_ side: SchemaSide) -> [SchemaSpot] {
        pieces.filter { $0.members["propertyNames"] != nil }.map {
            side.spot(below: $0.spot, "propertyNames")
        }
    }

    // MARK: Arrays

    /// How many elements have schemas of their own.
    var prefixCount: Int { pieces.map { Self.prefix(of: $0).count }.max() ?? 0 }

    /// Schemas of the element at a place; at and behind ``prefixCount`` those of all further ones.
    func element(_ index: Int, _ side: SchemaSide) throws(SchemaError) -> [SchemaSpot] {
        var spots: [SchemaSpot] = []
        for piece in pieces {
            let prefix = Self.prefix(of: piece)
            if index < prefix.count {
                spots.append(try side.canonical(side.spot(below: piece.spot, "\(prefix.keyword)/\(index)")))
            } else if let rest = Self.rest(of: piece) {
                spots.append(try side.canonical(side.spot(below: piece.spot, rest)))
            }
        }
        return spots
    }

    private static func prefix(of piece: SchemaPiece) -> (keyword: String, count: Int) {
        if let list = piece.members["items"]?.arrayValue { return ("items", list.count) }
        guard piece.dialect.hasPrefixItems else { return ("items", 0) }
        return ("prefixItems", piece.members["prefixItems"]?.arrayValue?.count ?? 0)
    }

    private static func rest(of piece: SchemaPiece) -> String? {
        guard let items = piece.members["items"] else { return nil }
        guard items.arrayValue != nil else { return "items" }
        return piece.members["additionalItems"] == nil ? nil : "additionalItems"
    }

    // MARK: Notes

    /// The first value of a keyword that only describes.
    func note(_ keyword: String) -> Placed<JSON>? {
        for piece in pieces {
            if let value = piece.members[keyword] { return Placed(value: value, place: piece.place(keyword)) }
        }
        return nil
    }

    /// Where a switch like `deprecated` is on.
    func flag(_ keyword: String) -> SchemaLibrary.Place? {
        pieces.first { $0.members[keyword] == .bool(true) }?.place(keyword)
    }
}

import AssayFormats

/// Properties and elements.
extension SchemaComparison {
    /// A property on one side.
    private struct Property {
        var spots: [SchemaSpot]
        var isDeclared: Bool
        /// No value can stand under this name.
        var isRefused: Bool
        /// It is of the other side of the exchange: read-only in a request, write-only in a response.
        var isHidden: Bool
        var isRequired: Bool
        var place: SchemaLibrary.Place?
        var requiredPlace: SchemaLibrary.Place?
    }

    func compareObjects(_ node: Node) throws(SchemaError) {
        let declared = node.old.declaredNames
        var known = Set(declared)
        var names = declared + node.new.declaredNames.filter { known.insert($0).inserted }
        let required = Set(node.old.required.keys).union(node.new.required.keys)
        names += required.subtracting(names).sorted()
        for name in names {
            let old = try property(name, node.old, comparer.old, node.pair.use)
            let new = try property(name, node.new, comparer.new, node.pair.use)
            compare(name, old, new, node)
        }
        try compareOthers(node)
    }

    private func property(
        _ name: String, _ shape: SchemaShape, _ side: SchemaSide, _ use: SchemaUse
    ) throws(SchemaError) -> Property {
        let spots = try shape.property(name, side)
        let own = spots.isEmpty ? nil : try side.shape(of: spots)
        let isHidden =
            switch use {
            case .plain: false
            case .request: own?.flag("readOnly") != nil
            case .response: own?.flag("writeOnly") != nil
            }
        return Property(
            spots: spots, isDeclared: shape.isDeclared(name), isRefused: own?.never != nil,
            isHidden: isHidden,
            isRequired: shape.required[name] != nil && !isHidden,
            place: shape.declaration(of: name) ?? spots.first?.place,
            requiredPlace: shape.required[name])
    }

    private func compare(_ name: String, _ old: Property, _ new: Property, _ node: Node) {
        let path = node.path.property(name)
        func tell(_ kind: ChangeKind, old: SchemaLibrary.Place? = nil, new: SchemaLibrary.Place? = nil) {
            self.tell(kind, node, path: path, name: name, old: old, new: new)
        }
        let becameRequired = new.isRequired && !old.isRequired
        let becameOptional = old.isRequired && !new.isRequired
        if old.isDeclared, !new.isDeclared, !old.isRefused, old.isHidden { return }
        if new.isDeclared, !old.isDeclared, !new.isRefused, new.isHidden { return }
        switch (old.isRefused, new.isRefused) {
        case (true, true):
            // Required and refused: no object holds at all.
            if becameRequired { tell(.propertyBecameRequired, new: new.requiredPlace) }
            if becameOptional { tell(.propertyBecameOptional, old: old.requiredPlace) }
            return
        case (true, false):
            return tell(
                new.isRequired ? .requiredPropertyNewlyAllowed : .propertyNewlyAllowed,
                new: new.isDeclared ? new.place : nil)
        case (false, true):
            return tell(
                old.isRequired ? .requiredPropertyRefused : .propertyRefused,
                old: old.isDeclared ? old.place : nil)
        case (false, false): break
        }
        if new.isDeclared, !old.isDeclared {
            if becameRequired {
                tell(.requiredPropertyAdded, new: new.place)
            } else {
                if becameOptional { tell(.propertyBecameOptional, old: old.requiredPlace, new: new.place) }
                if old.spots.isEmpty { tell(.propertyAdded, new: new.place) }
            }
            if !old.spots.isEmpty { push(old.spots, new.spots, path, in: node) }
            return
        }
        if old.isDeclared, !new.isDeclared {
            if becameOptional {
                tell(.requiredPropertyRemoved, old: old.place)
            } else {
                if becameRequired { tell(.propertyBecameRequired, old: old.place, new: new.requiredPlace) }
                if new.spots.isEmpty { tell(.optionalPropertyRemoved, old: old.place) }
            }
            if !new.spots.isEmpty { push(old.spots, new.spots, path, in: node) }
            return
        }
        if becameRequired {
            tell(.propertyBecameRequired, old: old.place, new: new.requiredPlace)
        } else if becameOptional {
            tell(.propertyBecameOptional, old: old.requiredPlace, new: new.place)
        }
        guard old.isDeclared else { return }
        if old.isHidden != new.isHidden {
            let became: (ChangeKind, ChangeKind) =
                node.pair.use == .request
                ? (.becameReadOnly, .noLongerReadOnly) : (.becameWriteOnly, .noLongerWriteOnly)
            tell(new.isHidden ? became.0 : became.1, old: old.place, new: new.place)
        }
        if !old.isHidden, !new.isHidden { push(old.spots, new.spots, path, in: node) }
    }

    /// Properties that are not named.
    private func compareOthers(_ node: Node) throws(SchemaError) {
        let (old, new) = (comparer.old, comparer.new)
        for pattern in Set(node.old.patternNames).union(node.new.patternNames).sorted() {
            push(
                node.old.properties(like: pattern, old), node.new.properties(like: pattern, new),
                node.path.below("[/\(Shortened.bounded(pattern))/]"), in: node)
        }
        let before = node.old.otherProperties(old)
        let after = node.new.otherProperties(new)
        let wasRefused = before.isEmpty ? nil : try old.shape(of: before).never
        let isRefused = after.isEmpty ? nil : try new.shape(of: after).never
        switch (wasRefused, isRefused) {
        case (.some, .some): break
        case (nil, let spot?):
            tell(.additionalPropertiesRefused, node, old: before.first?.place, new: spot.place)
        case (let spot?, nil):
            tell(.additionalPropertiesAllowed, node, old: spot.place, new: after.first?.place)
        case (nil, nil): push(before, after, node.path.below(".*"), in: node)
        }
        push(node.old.names(old), node.new.names(new), node.path.below("(names)"), in: node)
    }

    // MARK: Arrays

    func compareArrays(_ node: Node) throws(SchemaError) {
        let count = max(node.old.prefixCount, node.new.prefixCount)
        for index in 0..<count {
            push(
                try node.old.element(index, comparer.old), try node.new.element(index, comparer.new),
                node.path.below("[\(index)]"), in: node)
        }
        push(
            try node.old.element(.max, comparer.old), try node.new.element(.max, comparer.new),
            node.path.below("[]"), in: node)
    }
}

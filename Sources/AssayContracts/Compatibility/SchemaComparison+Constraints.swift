import AssayFormats

/// Keywords that are not taken apart: both sides must say the same, or the change is told as one of the keyword.
extension SchemaComparison {
    private static let types = [
        "contains": "array", "minContains": "array", "maxContains": "array", "unevaluatedItems": "array",
        "dependentSchemas": "object", "dependentRequired": "object", "dependencies": "object",
    ]

    func compareConstraints(_ node: Node) throws(SchemaError) {
        for keyword in SchemaShape.constraintKeywords {
            let old = node.old.constraints[keyword] ?? []
            let new = node.new.constraints[keyword] ?? []
            if let type = Self.types[keyword], !node.old.admits(type) || !node.new.admits(type) { continue }
            guard let first = old.first else {
                if let added = new.first { tell(.constraintAdded, node, name: keyword, new: added.place) }
                continue
            }
            guard let second = new.first else {
                tell(.constraintRemoved, node, name: keyword, old: first.place)
                continue
            }
            if try isSame(old, new, keyword, node) { continue }
            if old.count == 1, new.count == 1, keyword == "not" || keyword == "contains" {
                var pair = Pair(old: old, new: new, use: node.pair.use, isFlipped: node.pair.isFlipped)
                if keyword == "not" { pair.isFlipped.toggle() }
                push(pair, node.path.below("(\(keyword))"))
            } else {
                tell(.constraintChanged, node, name: keyword, old: first.place, new: second.place)
            }
        }
    }

    private func isSame(
        _ old: [SchemaSpot], _ new: [SchemaSpot], _ keyword: String, _ node: Node
    ) throws(SchemaError) -> Bool {
        guard old.count == new.count else { return false }
        for (left, right) in zip(old, new) {
            switch keyword {
            case "not", "if", "then", "else", "contains", "unevaluatedItems":
                guard try isSame(left, right, node) else { return false }
            case "dependentSchemas", "dependencies", "dependentRequired":
                guard let before = comparer.old.value(of: left).objectValue,
                    let after = comparer.new.value(of: right).objectValue,
                    Set(before.keys) == Set(after.keys)
                else { return false }
                for (name, value) in before {
                    if value.arrayValue != nil || after[name]?.arrayValue != nil {
                        guard Set(value.arrayValue ?? []) == Set(after[name]?.arrayValue ?? [.null]) else {
                            return false
                        }
                        continue
                    }
                    let step = JSONPointer.escaped(name)
                    guard
                        try isSame(
                            comparer.old.spot(below: left, step), comparer.new.spot(below: right, step), node)
                    else { return false }
                }
            default: if comparer.old.value(of: left) != comparer.new.value(of: right) { return false }
            }
        }
        return true
    }

    private func isSame(
        _ old: SchemaSpot, _ new: SchemaSpot, _ node: Node
    ) throws(SchemaError) -> Bool {
        try comparer.effect(of: Pair(old: [old], new: [new], use: node.pair.use)).isEmpty
    }
}

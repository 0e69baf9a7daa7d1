/// Names of definitions, made of the places where they stand.
enum SchemaName {
    /// What a place is called, and what it is in.
    struct Hint: Hashable, Sendable {
        /// `orders`, `billingAddress`.
        var name: String
        /// The name around it; empty at the top.
        var parent: String

        /// An element of a list or map: `orders` → `order`.
        var element: Hint {
            if SchemaName.general.contains(name.lowercased()) {
                return Hint(name: parent.isEmpty ? "item" : SchemaName.singular(parent), parent: "")
            }
            return Hint(name: SchemaName.singular(name), parent: parent)
        }

        func member(_ member: String) -> Hint { Hint(name: member, parent: name) }

        fileprivate var candidates: [String] {
            let own = SchemaName.camelCased(name)
            let long = SchemaName.camelCased(parent) + own
            return parent.isEmpty || long == own ? [own] : [own, long]
        }
    }

    static func hint(_ name: String) -> Hint { Hint(name: name, parent: "") }

    /// Names that say only that there are several.
    private static let general: Set<String> = [
        "items", "data", "results", "values", "list", "entries", "content", "contents", "records", "rows",
        "elements",
    ]

    /// The name that was proposed most; the shorter one, then the first by its letters. One that is taken gets the
    /// name around it in front, and then a number.
    static func choose(_ hints: [Hint: Int], taken: Set<String>) -> String {
        let ordered = hints.sorted {
            let (left, right) = ($0.key, $1.key)
            return (-$0.value, left.name.count, left.name, left.parent)
                < (-$1.value, right.name.count, right.name, right.parent)
        }.map(\.key)
        let candidates = ordered.flatMap(\.candidates).filter { !$0.isEmpty }
        if let free = candidates.first(where: { !taken.contains($0) }) { return free }
        let stem = candidates.first ?? "Object"
        var number = candidates.isEmpty ? 1 : 2
        while taken.contains(number == 1 ? stem : "\(stem)\(number)") { number += 1 }
        return number == 1 ? stem : "\(stem)\(number)"
    }

    /// `billing_address` → `BillingAddress`; only letters and digits stay.
    static func camelCased(_ text: String) -> String {
        var (out, startsWord) = ("", true)
        for scalar in text.unicodeScalars {
            let isDigit = ("0"..."9").contains(scalar)
            guard isDigit || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) else {
                startsWord = true
                continue
            }
            if out.isEmpty, isDigit { continue }
            out += startsWord ? Character(scalar).uppercased() : String(Character(scalar))
            startsWord = false
        }
        return out
    }

    /// `entries` → `entry`, `boxes` → `box`, `orders` → `order`; a word that is no plural stays.
    static func singular(_ word: String) -> String {
        let lower = word.lowercased()
        if lower.count > 3, lower.hasSuffix("ies") { return word.dropLast(3) + "y" }
        for ending in ["sses", "shes", "ches", "xes", "zes", "uses"] where lower.hasSuffix(ending) {
            return String(word.dropLast(2))
        }
        for ending in ["ss", "us", "is", "as"] where lower.hasSuffix(ending) { return word }
        return lower.count > 2 && lower.hasSuffix("s") ? String(word.dropLast()) : word
    }
}

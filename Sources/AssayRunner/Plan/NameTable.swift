/// Which slot a name of a scenario has; fixed once the scenario is planned.
struct NameTable: Sendable {
    private var slots: [String: Int] = [:]

    /// Gives the name a slot, or says which it has.
    mutating func slot(of name: String, next: inout Int) -> Int {
        if let slot = slots[name] { return slot }
        slots[name] = next
        next += 1
        return next - 1
    }

    subscript(name: String) -> Int? { slots[name] }
    var all: [(name: String, slot: Int)] { slots.map { (name: $0.key, slot: $0.value) } }
}

/// How many values something holds, its collections and objects taken apart: what grows with time shows here.
///
/// Bytes are not counted: a text or a block of memory is one value.
public func heldValues(in value: Any) -> Int {
    var seen: Set<ObjectIdentifier> = []
    return count(value, &seen)
}

private func count(_ value: Any, _ seen: inout Set<ObjectIdentifier>) -> Int {
    if type(of: value) is AnyObject.Type {
        guard seen.insert(ObjectIdentifier(value as AnyObject)).inserted else { return 0 }
    }
    var mirror: Mirror? = Mirror(reflecting: value)
    var sum = 1
    while let level = mirror {
        for child in level.children { sum += count(child.value, &seen) }
        mirror = level.superclassMirror
    }
    return sum
}

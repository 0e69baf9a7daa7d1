/// Whether `part` stands in `text`, byte for byte.
///
/// The standard library compares characters, which makes equal what is written differently and is slow on bodies.
public func isText(_ part: String, in text: String) -> Bool {
    var (part, text) = (part, text)
    part.makeContiguousUTF8()
    text.makeContiguousUTF8()
    let wanted = part.utf8.span
    let searched = text.utf8.span
    if wanted.isEmpty { return true }
    guard searched.count >= wanted.count else { return false }
    let first = wanted[0]
    for start in 0...(searched.count - wanted.count) where searched[start] == first {
        var length = 1
        while length < wanted.count, searched[start + length] == wanted[length] { length += 1 }
        if length == wanted.count { return true }
    }
    return false
}

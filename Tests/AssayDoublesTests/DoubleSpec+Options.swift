import AssayDoubles

extension DoubleSpec {
    /// What an HTTP double answers by; `nil` for any other.
    var options: (any DoubleOptions)? { (kind as? HTTPDoubleKind)?.options }
}

internal import Synchronization

/// The shared arrays of a program by name: each made once, its elements kept as JSON for all virtual users.
final class SharedArrays: Sendable {
    /// The elements of one: `nil` for what JSON has no text for.
    final class Elements: Sendable {
        let texts: [[UInt8]?]
        init(_ texts: [[UInt8]?]) { self.texts = texts }
    }

    private let known = Mutex<[String: Elements]>([:])

    subscript(name: String) -> Elements? { known.withLock { $0[name] } }

    /// Keeps what was made, unless somebody was faster: everybody gets the same.
    func keep(_ name: String, _ made: Elements) -> Elements {
        known.withLock { known in
            if let first = known[name] { return first }
            known[name] = made
            return made
        }
    }
}

extension ScriptProgram {
    var sharedArrays: SharedArrays { shared.value(SharedArrays.self) { SharedArrays() } }
}

internal import Synchronization

/// What all runtimes of a program share, on whatever thread: shared arrays, the names of metrics.
///
/// Each kind of thing is made at its first use and guards itself.
public final class ScriptShared: Sendable {
    private let values = Mutex<[ObjectIdentifier: any AnyObject & Sendable]>([:])

    public init() {}

    /// The one of a type.
    public func value<Value: AnyObject & Sendable>(_ type: Value.Type, _ make: () -> Value) -> Value {
        values.withLock { values in
            if let known = values[ObjectIdentifier(type)] as? Value { return known }
            let made = make()
            values[ObjectIdentifier(type)] = made
            return made
        }
    }
}

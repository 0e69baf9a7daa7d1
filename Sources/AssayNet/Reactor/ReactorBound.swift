/// A value that belongs to one reactor's thread, made passable to tasks of that reactor.
///
/// `@unchecked Sendable`: the value is only handed out on the reactor's thread, which is checked.
public struct ReactorBound<Value>: @unchecked Sendable {
    private let reactor: Reactor
    private let stored: Value

    public init(_ value: Value, on reactor: Reactor) {
        self.reactor = reactor
        stored = value
    }

    public var value: Value {
        precondition(reactor.isCurrent, "a reactor's value is touched on its own thread only")
        return stored
    }
}

extension Signal {
    /// Binds a value to the reactor of this signal.
    public func bound<Value>(_ value: Value) -> ReactorBound<Value> { ReactorBound(value, on: reactor) }
}

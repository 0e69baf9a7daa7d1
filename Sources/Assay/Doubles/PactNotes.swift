internal import Synchronization

/// Numbers of answers, from 0.
final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            defer { count += 1 }
            return count
        }
    }

    func reset() { count.withLock { $0 = 0 } }
}

/// Where a double listens, known once it does.
final class AddressNote: Sendable {
    private let stored = Mutex<String?>(nil)
    var url: String? {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }
}

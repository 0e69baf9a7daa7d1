import Synchronization

/// Texts under names that tests on several reactors bring together.
final class Collected: Sendable {
    private let texts = Mutex<[String: String]>([:])
    var all: [String: String] { texts.withLock { $0 } }
    func set(_ name: String, _ text: String) { texts.withLock { $0[name] = text } }
}

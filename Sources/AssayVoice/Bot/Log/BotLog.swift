internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// The latest events of a bot in bounded memory, and all of them in a file where one is wanted.
///
/// Not `Sendable`: it belongs to the bot's reactor. Lines are written to the file together, every 200 ms and at the end.
final class BotLog {
    private(set) var events: [BotEvent] = []
    /// Events that had to make room.
    private(set) var droppedCount = 0
    /// Why nothing is written any more.
    private(set) var failure: SystemError?
    private let capacity: Int
    private let file: AppendingFile?
    private var lines: [UInt8] = []
    private var isFlushing = false
    private let reactor: Reactor
    private let scope: CancelScope
    private static let pause = Duration.milliseconds(200)

    init(file: AppendingFile?, capacity: Int = 50_000, on reactor: Reactor, in scope: CancelScope) {
        self.file = file
        self.capacity = capacity
        self.reactor = reactor
        self.scope = scope
    }

    func add(_ event: BotEvent) {
        if events.count >= capacity {
            // Half at once, so that room is not made for each event.
            events.removeFirst(capacity / 2)
            droppedCount += capacity / 2
        }
        events.append(event)
        guard file != nil, failure == nil else { return }
        lines += event.json.rendered().utf8
        lines.append(UInt8(ascii: "\n"))
        guard !isFlushing else { return }
        isFlushing = true
        let bound = ReactorBound(self, on: reactor)
        Task(executorPreference: reactor) { await bound.value.flushLater() }
    }

    private func flushLater() async {
        await reactor.sleep(for: Self.pause, in: scope)
        flush()
    }

    func flush() {
        isFlushing = false
        guard let file, failure == nil, !lines.isEmpty else { return }
        do {
            try file.append(lines)
        } catch {
            failure = error
        }
        lines.removeAll(keepingCapacity: true)
    }

    func clear() {
        events.removeAll()
        droppedCount = 0
    }
}

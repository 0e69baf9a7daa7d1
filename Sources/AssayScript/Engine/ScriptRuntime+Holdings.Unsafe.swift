internal import CScriptEngine

/// What natives hold in Swift for a script, in bytes: pages, answers, timers and whatever else the engine cannot count.
///
/// It has the same bound as the script's own values, and ends a pass the same way. Belongs to its runtime's thread.
final class ScriptHoldings {
    let limit: Int
    fileprivate(set) var bytes = 0
    /// How often there was no room.
    fileprivate(set) var refusals = 0
    /// What lasts as long as the runtime.
    fileprivate var kept: [ScriptHolding] = []
    /// Beyond, garbage is looked for that holds some of it: the engine does not know how large its objects really are.
    private var collectsAt = firstCollection

    /// Less is not worth a look.
    private static let firstCollection = 16 << 20

    init(limit: Int) { self.limit = limit }

    /// How many bytes more natives may hold.
    var room: Int { max(0, limit - bytes) }

    func needsCollection(for more: Int) -> Bool { more > min(collectsAt, limit) - bytes }

    /// Twice of what is in use may come together until the next time.
    func collected() { collectsAt = max(Self.firstCollection, bytes < limit / 2 ? bytes * 2 : limit) }
}

/// Some bytes that count until this goes; it is kept beside what takes them.
final class ScriptHolding {
    private let holdings: ScriptHoldings
    fileprivate let bytes: Int

    fileprivate init(_ holdings: ScriptHoldings, _ bytes: Int) {
        self.holdings = holdings
        self.bytes = bytes
        holdings.bytes += bytes
    }

    deinit { holdings.bytes -= bytes }
}

extension ScriptRuntime {
    /// Counts what a native is about to keep; what the script cannot reach any more makes room first.
    ///
    /// - Throws: what the engine throws when there is no room for a value.
    func hold(_ bytes: Int) throws(ScriptThrow) -> ScriptHolding {
        try need(bytes: bytes)
        return ScriptHolding(holdings, bytes)
    }

    /// The same for something that grows: what counted for it until now makes room, and goes on counting where there is none.
    func hold(_ bytes: Int, insteadOf before: ScriptHolding?) throws(ScriptThrow) -> ScriptHolding {
        try need(bytes: bytes - (before?.bytes ?? 0))
        return ScriptHolding(holdings, bytes)
    }

    /// The same for as long as the runtime lives.
    func keep(_ bytes: Int) throws(ScriptThrow) {
        let holding = try hold(bytes)
        holdings.kept.append(holding)
    }

    /// Makes sure of room for what is made for a moment only, before it is made.
    func need(bytes: Int) throws(ScriptThrow) {
        if holdings.needsCollection(for: bytes) { collectGarbage() }
        guard bytes <= holdings.room else { throw outOfMemory() }
    }

    /// Lets go of what only circles of unreachable values hold.
    func collectGarbage() {
        // SAFETY: the engine is given its own runtime; values that natives work on have owners, and stay.
        unsafe engine.table.pointee.collect(runtime)
        holdings.collected()
    }

    /// What the engine throws when there is no room.
    func outOfMemory() -> ScriptThrow {
        holdings.refusals += 1
        let message = "out of memory"
        let global = global
        defer { free(global) }
        let text = make(message)
        defer { free(text) }
        do throws(ScriptThrow) {
            return .value(
                try with(global, "InternalError") { type throws(ScriptThrow) in
                    try self.construct(type, [text])
                })
        } catch {
            // The script has something else of that name, or has filled its own memory, too.
            _ = exception(of: error)
            return .error(message)
        }
    }
}

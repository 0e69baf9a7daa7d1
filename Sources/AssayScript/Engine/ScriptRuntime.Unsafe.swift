internal import AssayCore
internal import AssayNet
internal import CScriptEngine

/// One virtual user's JavaScript: an engine's runtime with the modules of a program, on a stack of its own.
///
/// Belongs to its reactor's thread. Everything it runs, runs on its coroutine: where a native function waits, the task
/// that drives the runtime awaits in its place, and the script goes on afterwards as if it had blocked.
@safe public final class ScriptRuntime {
    public let program: ScriptProgram
    /// What surrounds the script; it must be set before code runs that asks it.
    public var host: (any ScriptHost)?
    /// Asked about every few milliseconds of running and after every wait: whether the script is to end now.
    public var isCancelled: () -> Bool = { false }
    /// Lets others of the thread go on when a script has run for long.
    public var giveWay: () async -> Void = { await Task.yield() }

    let holdings: ScriptHoldings
    let core: ScriptCore
    var engine: ScriptEngine { core.engine }
    var runtime: OpaquePointer { unsafe core.runtime }
    var context: OpaquePointer { unsafe core.context }
    private var coroutine: OpaquePointer { unsafe core.coroutine }

    var natives: [NativeFunction] = Native.all
    /// The parts of the language that are there.
    private var parts: Int32
    /// Prototypes and constructors of native classes that were needed.
    var classes: [ObjectIdentifier: (prototype: ScriptValue, constructor: ScriptValue)] = [:]
    private var states: [ObjectIdentifier: AnyObject] = [:]
    /// The main module's namespace, once it was run.
    private(set) var namespace: ScriptValue = .undefined
    /// Takes modules that are not compiled yet; only of the runtime that reads a program.
    var builder: ProgramBuilder?
    /// Rejected promises that nobody has handled (yet), each with its reason: both owned.
    var rejections: [(promise: ScriptValue, reason: ScriptValue)] = []

    /// What the pass still has to do; `nil` until something has to be done later.
    var eventLoopIfAny: EventLoop?

    /// What runs on the coroutine.
    private var body: ((ScriptRuntime) -> Void)?
    private var operation: (() async -> Void)?
    /// Natives may wait: there is a task that would.
    private var mayWait = false
    private var sliceEndsAt: Int64 = 0

    /// Bounds of one runtime.
    public struct Limits: Sendable {
        /// Bytes that the script's values may take, and as many what natives hold for it.
        public var memory: Int
        /// Bytes of stack, of which only what is used takes memory.
        public var stack: Int

        public init(memory: Int = 512 << 20, stack: Int = 2 << 20) {
            self.memory = memory
            self.stack = stack
        }
    }

    /// How long a script may run before others of its thread have a turn, nanoseconds.
    private static let slice: Int64 = 5_000_000
    /// Stack that natives and the engine's own calls have beyond the script's bound.
    private static let reserve = 192 << 10

    /// Makes an empty runtime; ``initialize(_:)`` runs the program's code.
    public init(_ program: ScriptProgram, _ limits: Limits = Limits()) throws(ScriptFailure) {
        self.program = program
        holdings = ScriptHoldings(limit: limits.memory)
        core = try ScriptCore(
            program.engine, memory: limits.memory, stack: limits.stack + Self.reserve, parts: program.parts)
        parts = program.parts
        // SAFETY: only code that this runtime runs calls back.
        unsafe engine.table.pointee.set_owner(context, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit {
        for rejection in rejections {
            free(rejection.promise)
            free(rejection.reason)
        }
        for made in classes.values {
            free(made.prototype)
            free(made.constructor)
        }
        free(namespace)
    }

    // MARK: running

    /// Runs the code outside of functions: natives that wait throw there.
    ///
    /// - Returns: why it did not come to its end; `nil` when it did.
    public func initialize() async -> ScriptEnd? {
        var failure: ScriptEnd?
        await enter(mayWait: false) { runtime in
            do throws(ScriptThrow) {
                try runtime.installGlobals()
                runtime.namespace = try runtime.runMain()
            } catch {
                failure = runtime.initialEnd(error)
            }
        }
        trimStack()
        return failure
    }

    /// The same where nothing else runs: a thread that only reads programs, a test.
    public func initializeNow() -> ScriptException? {
        var failure: ScriptEnd?
        enterNow { runtime in
            do throws(ScriptThrow) {
                try runtime.installGlobals()
                runtime.namespace = try runtime.runMain()
            } catch {
                failure = runtime.initialEnd(error)
            }
        }
        return failure?.exception
    }

    private func initialEnd(_ error: ScriptThrow) -> ScriptEnd {
        // What an exception says may be code of the script, too, which was broken off.
        guard let exception = self.exception(of: error), !isCancelled() else { return .interrupted }
        return .exception(program.placed(exception))
    }

    /// Something the main module exports; `nil` when it does not. Not on the coroutine.
    public func exported(_ name: String) -> ScriptReference? {
        guard namespace.isObject else { return nil }
        var found: ScriptReference?
        enterNow { runtime in
            guard let value = try? runtime.get(runtime.namespace, name) else { return }
            if !value.isUndefined {
                found = runtime.retain(owned: value)
            } else if let old = try? runtime.get(runtime.namespace, CommonJS.export) {
                defer { runtime.free(old) }
                guard old.isObject, let value = try? runtime.get(old, name), !value.isUndefined else {
                    return
                }
                found = runtime.retain(owned: value)
            }
        }
        return found
    }

    /// Calls a function of the script and does everything that comes of it: waits, promises, timers, sockets.
    ///
    /// - Returns: what it returned; of a promise, what that came to.
    public func run(
        _ function: ScriptReference, _ arguments: @escaping (ScriptRuntime) -> [ScriptReference] = { _ in [] }
    ) async -> ScriptOutcome {
        var outcome = ScriptOutcome.interrupted
        await enter(mayWait: true) { runtime in
            outcome = runtime.pass { runtime throws(ScriptThrow) in
                let given = arguments(runtime)
                return try runtime.call(function.value, this: .undefined, given.map(\.value))
            }
        }
        return outcome
    }

    /// Suspends the script until `operation` is done; for natives.
    ///
    /// - Throws: an error when there is nobody to wait, as in the code outside of functions; `.interrupted` when the user
    ///   was cancelled meanwhile.
    public func wait<Result>(_ operation: @escaping () async -> Result) throws(ScriptThrow) -> Result {
        guard mayWait else { throw .error("this cannot be done here: nothing may wait in the init context") }
        if isCancelled() { throw .interrupted }
        let slot = Slot<Result>()
        self.operation = { slot.result = await operation() }
        unsafe script_coroutine_yield(coroutine)
        // A result that came is handed on only to a script that goes on.
        guard let result = slot.result, !isCancelled() else { throw .interrupted }
        return result
    }

    private final class Slot<Result> {
        var result: Result?
    }

    /// Runs `body` on the coroutine and does what it waits for.
    func enter(mayWait: Bool, _ body: @escaping (ScriptRuntime) -> Void) async {
        self.mayWait = mayWait
        var isSuspended = begin(body)
        while isSuspended {
            if let operation {
                self.operation = nil
                await operation()
            } else {
                await giveWay()
            }
            isSuspended = resume()
        }
        self.mayWait = false
    }

    /// The same without a task: long code has no turns to give.
    func enterNow(_ body: @escaping (ScriptRuntime) -> Void) {
        var isSuspended = begin(body)
        while isSuspended { isSuspended = resume() }
    }

    private func begin(_ body: @escaping (ScriptRuntime) -> Void) -> Bool {
        precondition(self.body == nil, "a runtime runs one thing at a time")
        self.body = body
        sliceEndsAt = Reactor.monotonicNow() + Self.slice
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        // SAFETY: `self` is held by the caller as long as the coroutine runs.
        return unsafe script_coroutine_begin(
            coroutine,
            { this in unsafe ScriptHooks.runtime(this).main() }, this)
    }

    /// What the script itself may use of its coroutine's stack.
    var stackSize: Int { unsafe script_coroutine_size(coroutine) - Self.reserve }

    private func main() {
        unsafe engine.table.pointee.enter_stack(runtime, stackSize)
        body?(self)
        body = nil
        // Values may be read from another stack now, whose bounds the engine does not know.
        unsafe engine.table.pointee.enter_stack(runtime, 0)
    }

    private func resume() -> Bool {
        sliceEndsAt = Reactor.monotonicNow() + Self.slice
        return unsafe script_coroutine_resume(coroutine)
    }

    /// The script has run for a while.
    ///
    /// - Returns: whether it is to end.
    func passes() -> Bool {
        guard builder == nil else { return false }
        if isCancelled() { return true }
        guard Reactor.monotonicNow() >= sliceEndsAt else { return false }
        unsafe script_coroutine_yield(coroutine)
        return isCancelled()
    }

    /// Makes sure of parts of the language that no text of the program names.
    ///
    /// - Returns: whether they are there; where there was no room for one, its exception is pending.
    func need(_ wanted: Int32) -> Bool {
        for part in (0..<Int32.bitWidth).map({ Int32(1) << $0 }) where wanted & ~parts & part != 0 {
            // A native before may have left one that it did not mind.
            dropException()
            unsafe engine.table.pointee.add_parts(context, part)
            let exception = unsafe engine.table.pointee.exception(context)
            guard exception.isNoException else {
                _ = unsafe engine.table.pointee.throw_value(context, exception)
                return false
            }
            parts |= part
        }
        return true
    }

    /// Gives memory back that deep calls took, between two runs.
    public func trimStack() { unsafe script_coroutine_trim(coroutine) }

    // MARK: state

    /// What an API keeps for this runtime, made at its first use.
    public func state<State: AnyObject>(_ type: State.Type = State.self, _ make: () -> State) -> State {
        if let known = states[ObjectIdentifier(type)] as? State { return known }
        let made = make()
        states[ObjectIdentifier(type)] = made
        return made
    }
}

/// How a function of a script ended.
public enum ScriptOutcome {
    case value(ScriptReference)
    case exception(ScriptException)
    /// Its user was cancelled.
    case interrupted
}

/// What ended code of a script before it was done.
public enum ScriptEnd: Error, Equatable {
    case exception(ScriptException)
    /// Its user was cancelled.
    case interrupted

    /// For people.
    public var exception: ScriptException {
        switch self {
        case .exception(let exception): exception
        case .interrupted: ScriptException(name: "", message: "it was interrupted")
        }
    }
}

/// Why there is no runtime.
public enum ScriptFailure: Error, Equatable {
    case noMemory
}

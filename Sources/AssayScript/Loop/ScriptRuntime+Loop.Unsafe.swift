public import CScriptEngine

// SAFETY: of this whole file: the engine's functions are given this runtime and values of it.

extension ScriptRuntime {
    /// What the pass still has to do; made when something first needs it.
    var eventLoop: EventLoop {
        if let eventLoopIfAny { return eventLoopIfAny }
        let made = EventLoop()
        eventLoopIfAny = made
        return made
    }

    /// A pass: runs `body`, and everything that comes of it.
    ///
    /// - Parameter body: what it returns is the caller's; a promise stands for what it comes to.
    func pass(_ body: (ScriptRuntime) throws(ScriptThrow) -> ScriptValue) -> ScriptOutcome {
        let exception: ScriptException?
        do throws(ScriptThrow) {
            let result = retain(owned: try body(self))
            try runJobs()
            var rejection = try takeRejection()
            if rejection == nil, let loop = eventLoopIfAny { rejection = try loop.run(self) }
            guard let rejection else { return .value(settled(result)) }
            exception = rejection
        } catch {
            exception = self.exception(of: error)
            dropJobs()
        }
        if let loop = eventLoopIfAny {
            loop.end(self)
            // What the closing work left is not of the next pass.
            dropJobs()
        }
        forgetRejections()
        // What is garbage in cycles would leave the next pass without memory as well.
        if exception?.message == "out of memory" { unsafe engine.table.pointee.collect(runtime) }
        // What an exception says may be code of the script, too, which was broken off.
        guard let exception, !isCancelled() else { return .interrupted }
        return .exception(exception)
    }

    /// The end of the code outside of functions: nothing of it is left for later.
    ///
    /// - Parameter promise: of the main module; given away.
    func settleInitially(_ promise: ScriptValue) throws(ScriptThrow) {
        let promise = retain(owned: promise)
        defer {
            eventLoopIfAny?.end(self)
            forgetRejections()
        }
        try runJobs()
        if rejections.isEmpty { try eventLoopIfAny?.runInitially(self) }
        switch unsafe engine.table.pointee.promise_state(context, promise.value) {
        case 2: throw .value(unsafe engine.table.pointee.promise_result(context, promise.value))
        case 0 where rejections.isEmpty: throw .error("a promise is waiting for something that never comes")
        default: if let first = rejections.first { throw .value(duplicate(first.reason)) }
        }
    }

    /// What a promise came to; `undefined` when it waits for something that never comes.
    private func settled(_ value: ScriptReference) -> ScriptReference {
        switch unsafe engine.table.pointee.promise_state(context, value.value) {
        case 0: retain(.undefined)
        case 1: retain(owned: unsafe engine.table.pointee.promise_result(context, value.value))
        default: value
        }
    }

    // MARK: jobs

    /// Runs what promises have to do until nothing is left; a user that is cancelled does none of it.
    public func runJobs() throws(ScriptThrow) {
        while true {
            let done = unsafe engine.table.pointee.run_job(runtime)
            if done == 0 { return }
            if done < 0 { throw .pending }
            // A handler that was broken off looks to its promise like one that threw.
            try checkpoint()
        }
    }

    /// Ends the script when its user is cancelled; lets others have a turn when it has run for long.
    func checkpoint() throws(ScriptThrow) {
        if passes() { throw .interrupted }
    }

    /// Lets promises forget what they had to do: with no stack to run on, every handler fails at once.
    private func dropJobs() {
        unsafe engine.table.pointee.enter_stack(runtime, 1)
        while unsafe engine.table.pointee.run_job(runtime) != 0 {}
        free(unsafe engine.table.pointee.exception(context))
        unsafe engine.table.pointee.enter_stack(runtime, stackSize)
    }

    // MARK: exceptions

    /// Takes an exception that ended a call, to be looked at and thrown again; `nil` when it is the end that nobody catches.
    func caught(_ error: ScriptThrow) -> ScriptReference? {
        _ = raise(error)
        let value = retain(owned: unsafe engine.table.pointee.exception(context))
        return unsafe value.value.isObject && engine.table.pointee.is_uncatchable(value.value) ? nil : value
    }

    /// A promise that was rejected and has nobody who handles it, as the end of the pass; the others are forgotten.
    func takeRejection() throws(ScriptThrow) -> ScriptException? {
        guard let first = rejections.first else { return nil }
        if isCancelled() { throw .interrupted }
        var exception = describe(first.reason)
        exception.isRejection = true
        forgetRejections()
        return exception
    }

    private func forgetRejections() {
        let all = rejections
        rejections = []
        for rejection in all {
            free(rejection.promise)
            free(rejection.reason)
        }
    }
}

// MARK: for natives

extension ScriptRuntime {
    /// A promise of work beside the script.
    ///
    /// The pass lasts until it is done, and its promise is then settled as a thing that happened.
    ///
    /// - Parameters:
    ///   - work: runs on the reactor while the script goes on; it may hold nothing of the script's.
    ///   - make: the value that the promise is fulfilled with, the caller's; what it throws rejects the promise.
    /// - Returns: the promise; the caller's.
    /// - Throws: when nothing may wait here, as in the init context.
    public func promise<Result>(
        of work: @escaping () async -> Result,
        make: @escaping (ScriptRuntime, Result) throws(ScriptThrow) -> ScriptValue
    ) throws(ScriptThrow) -> ScriptValue {
        guard host?.phase.hasUser == true else {
            throw .error("this cannot be done here: nothing may wait in the init context")
        }
        let (promise, resolve, reject) = makePromise()
        do throws(ScriptThrow) {
            try eventLoop.begin(self, work) { runtime, result throws(ScriptThrow) in
                let value: ScriptValue
                let settle: ScriptReference
                do throws(ScriptThrow) {
                    (value, settle) = (try make(runtime, result), resolve)
                } catch {
                    guard let reason = runtime.caught(error) else { throw .interrupted }
                    (value, settle) = (runtime.duplicate(reason.value), reject)
                }
                defer { runtime.free(value) }
                runtime.free(try runtime.call(settle.value, [value]))
            }
        } catch {
            free(promise)
            throw error
        }
        return promise
    }

    /// A promise of what is known already; the value is borrowed, the promise the caller's.
    public func settledPromise(_ value: ScriptValue) throws(ScriptThrow) -> ScriptValue {
        let (promise, resolve, _) = makePromise()
        free(try call(resolve.value, [value]))
        return promise
    }

    /// The same of one that is rejected.
    public func settledPromise(rejected reason: ScriptValue) throws(ScriptThrow) -> ScriptValue {
        let (promise, _, reject) = makePromise()
        free(try call(reject.value, [reason]))
        return promise
    }
}

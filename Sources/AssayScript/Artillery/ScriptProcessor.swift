public import AssayFormats

/// Calls the functions of one virtual user's processor.
///
/// Belongs to its runtime's thread. Variables go both ways: those that templates read are named when it is made and are told
/// with every call and every answer; everything else stays in the script's own `context.vars`.
public final class ScriptProcessor {
    private let runtime: ScriptRuntime
    private var calls: [Operation: ScriptReference] = [:]
    private var functions: [String: ScriptReference?] = [:]

    /// What functions are called for.
    public enum Operation: String, Sendable, CaseIterable {
        /// A user begins: nothing is left of the one before.
        case begin
        /// `function: name`: `(context, ee, next)`.
        case step
        /// `beforeRequest`: `(requestParams, context, ee, next)`.
        case before
        /// `afterResponse`: `(requestParams, response, context, ee, next)`.
        case after
        /// `onError`: `(error, requestParams, context, ee, next)`.
        case failed
        /// `connect.function` of a WebSocket: `(wsArgs, context, next)`.
        case connect
        /// `ifTrue: name`: `(vars)`.
        case holds
        /// `whileTrue: name`: `(context, next)`.
        case goesOn
    }

    /// How a call ended.
    public enum Answer: Sendable {
        /// With what the operation gives, and `set` and `drop` of variables.
        case done(JSON)
        /// A function threw, or said so.
        case failed(Failure, JSON)
        /// Its user was cancelled.
        case interrupted
    }

    /// Why a function failed.
    public struct Failure: Error, Sendable, Equatable {
        /// What it is counted as: the error's `code`, else its message.
        public var code: String
        public var exception: ScriptException

        public init(code: String, exception: ScriptException) {
            self.code = code
            self.exception = exception
        }
    }

    /// - Parameters:
    ///   - runtime: of the processor, whose code outside of functions has run.
    ///   - constants: what `context.vars` has from the start.
    ///   - names: variables that are told both ways.
    public init(_ runtime: ScriptRuntime, constants: JSON, names: [String]) throws(ScriptException) {
        self.runtime = runtime
        var made: [Operation: ScriptReference] = [:]
        var failure: ScriptException?
        runtime.enterNow { runtime in
            do throws(ScriptThrow) {
                made = try Self.make(runtime, constants, names)
            } catch {
                failure =
                    runtime.exception(of: error) ?? ScriptException(name: "", message: "it was interrupted")
            }
        }
        if let failure { throw failure }
        calls = made
    }

    private static func make(
        _ runtime: ScriptRuntime, _ constants: JSON, _ names: [String]
    ) throws(ScriptThrow) -> [Operation: ScriptReference] {
        let make = try runtime.evaluate(source, file: "assay:processor", isStrict: true)
        let tell = runtime.makeFunction(tell)
        let given = [
            tell, runtime.make(constants.rendered()),
            runtime.make(JSON.array(names.map { .string($0) }).rendered()),
        ]
        defer {
            runtime.free(make)
            for value in given { runtime.free(value) }
        }
        let object = try runtime.call(make, given)
        defer { runtime.free(object) }
        var calls: [Operation: ScriptReference] = [:]
        for operation in Operation.allCases {
            calls[operation] = runtime.retain(owned: try runtime.get(object, operation.rawValue))
        }
        return calls
    }

    /// `ee.emit()`: what it says of metrics.
    private static let tell = Native("emit", arity: 3) { runtime, _, arguments throws(ScriptThrow) in
        let kind: ScriptMetric.Kind
        var name = try runtime.text(arguments[1])
        var value = arguments.count > 2 ? try runtime.toNumber(arguments[2]) : 1
        switch try runtime.text(arguments[0]) {
        case "counter": kind = .counter
        case "histogram", "summary": kind = .trend
        case "rate": (kind, value) = (.rate, 1)
        case "error": (kind, name, value) = (.counter, "errors.\(name)", 1)
        default: return .undefined
        }
        guard value.isFinite else { return .undefined }
        runtime.host?.add(ScriptMetric(name: name, kind: kind, isTime: false, index: -1), value, [])
        return .undefined
    }

    // MARK: functions

    /// Whether the processor has a function of a name, exported by itself or as a part of its default export.
    public func has(_ name: String) -> Bool { function(name) != nil }

    private func function(_ name: String) -> ScriptReference? {
        if let known = functions[name] { return known }
        var found = runtime.exported(name)
        if found == nil, let all = runtime.exported("default"), all.value.isObject {
            runtime.enterNow { runtime in
                guard let value = try? runtime.get(all.value, name) else { return }
                found = runtime.retain(owned: value)
            }
        }
        if let value = found?.value, !runtime.isFunction(value) { found = nil }
        functions[name] = .some(found)
        return found
    }

    // MARK: calls

    /// Calls functions one after another.
    ///
    /// - Parameters:
    ///   - names: of functions; those that the processor has not are left out.
    ///   - input: `set` and `drop` of variables, and what the operation takes.
    public func call(_ operation: Operation, _ names: [String] = [], _ input: JSONObject) async -> Answer {
        guard let call = calls[operation] else { return .interrupted }
        let bodies = names.compactMap(function)
        let text = Array(JSON.object(input).rendered().utf8)
        let outcome = await runtime.run(call) { runtime in
            guard let input = try? runtime.parse(json: text) else { return [] }
            let array = runtime.makeArray(bodies.map { runtime.duplicate($0.value) })
            return [runtime.retain(owned: input), runtime.retain(owned: array)]
        }
        switch outcome {
        case .interrupted: return .interrupted
        case .exception(let exception):
            return .failed(Failure(code: exception.message, exception: exception), .null)
        case .value(let value):
            guard let told = runtime.string(value.value), let answer = try? JSON(parsing: told) else {
                let shown = names.map { "'\($0)'" }.joined(separator: ", ")
                let message = "the function \(shown) has ended and never called next()"
                return .failed(
                    Failure(code: message, exception: ScriptException(name: "", message: message)), .null)
            }
            guard let failure = answer["failure"] else { return .done(answer) }
            let exception = ScriptException(
                name: failure["name"]?.stringValue ?? "", message: failure["message"]?.stringValue ?? "",
                frames: ScriptException.frames(failure["stack"]?.stringValue ?? ""))
            return .failed(
                Failure(code: failure["code"]?.stringValue ?? "", exception: exception), answer)
        }
    }
}

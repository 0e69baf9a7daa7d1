internal import CScriptEngine
internal import Glibc

/// What the engine calls back: each hook finds its runtime by the owner and hands on.
enum ScriptHooks {
    // SAFETY: written once and never changed; every function is without captures.
    nonisolated(unsafe) static let table: UnsafePointer<script_hooks> = {
        let hooks = UnsafeMutablePointer<script_hooks>.allocate(capacity: 1)
        unsafe hooks.initialize(
            to: script_hooks(
                call: { owner, receiver, count, arguments, number in
                    unsafe ScriptHooks.runtime(owner).callNative(
                        Int(number), receiver, ScriptArguments(arguments, count: Int(count)))
                },
                release: { payload in
                    if let payload = unsafe payload {
                        unsafe Unmanaged<AnyObject>.fromOpaque(payload).release()
                    }
                },
                interrupt: { owner in unsafe ScriptHooks.runtime(owner).passes() ? 1 : 0 },
                resolve: { owner, base, name in
                    guard let base = unsafe base, let name = unsafe name else { return nil }
                    let resolved = unsafe ScriptHooks.runtime(owner).resolve(
                        String(cString: name), from: String(cString: base))
                    // The engine's side frees it.
                    return unsafe resolved.flatMap { unsafe strdup($0) }
                },
                load: { owner, name in
                    guard let name = unsafe name else { return nil }
                    return unsafe ScriptHooks.runtime(owner).load(String(cString: name))
                },
                fill: { owner, module, number in
                    guard let module = unsafe module else { return -1 }
                    return unsafe ScriptHooks.runtime(owner).fill(module, Int(number)) ? 0 : -1
                },
                rejected: { owner, promise, reason, isHandled in
                    unsafe ScriptHooks.runtime(owner).rejected(promise, reason, isHandled: isHandled)
                }))
        return unsafe UnsafePointer(hooks)
    }()

    static func runtime(_ owner: UnsafeMutableRawPointer?) -> ScriptRuntime {
        // SAFETY: whatever runs in a context was begun by its runtime, which lives at least as long.
        guard let owner = unsafe owner else { preconditionFailure("a context has a runtime when code runs") }
        return unsafe Unmanaged<ScriptRuntime>.fromOpaque(owner).takeUnretainedValue()
    }
}

extension ScriptRuntime {
    func callNative(_ number: Int, _ receiver: ScriptValue, _ arguments: ScriptArguments) -> ScriptValue {
        do throws(ScriptThrow) {
            if number < 0 {
                guard let closure = held(receiver, as: ScriptClosure.self) else { return .undefined }
                return try closure.body(self, arguments)
            }
            if number >= natives.count { natives = Native.all }
            return try natives[number](self, receiver, arguments)
        } catch {
            return raise(error)
        }
    }

    /// Puts an exception in place.
    func raise(_ error: ScriptThrow) -> ScriptValue {
        let table = unsafe engine.table
        return switch error {
        case .error(let message): unsafe table.pointee.throw_error(context, "Error", message)
        case .typeError(let message): unsafe table.pointee.throw_error(context, "TypeError", message)
        case .rangeError(let message): unsafe table.pointee.throw_error(context, "RangeError", message)
        case .syntaxError(let message): unsafe table.pointee.throw_error(context, "SyntaxError", message)
        case .value(let value): unsafe table.pointee.throw_value(context, value)
        case .pending: .exception
        case .interrupted: unsafe table.pointee.throw_uncatchable(context)
        }
    }

    func rejected(_ promise: ScriptValue, _ reason: ScriptValue, isHandled: Bool) {
        if isHandled {
            guard let place = rejections.firstIndex(where: { $0.promise.bits == promise.bits }) else {
                return
            }
            let entry = rejections.remove(at: place)
            free(entry.promise)
            free(entry.reason)
        } else {
            rejections.append((duplicate(promise), duplicate(reason)))
        }
    }
}

/// A function with captures, held by the engine's function object.
final class ScriptClosure {
    let body: (ScriptRuntime, ScriptArguments) throws(ScriptThrow) -> ScriptValue
    init(_ body: @escaping (ScriptRuntime, ScriptArguments) throws(ScriptThrow) -> ScriptValue) {
        self.body = body
    }
}

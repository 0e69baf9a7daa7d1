public import CScriptEngine

/// What a script threw and nobody caught.
public struct ScriptException: Error, Equatable, Sendable {
    /// A line of the stack: where a call stood.
    public struct Frame: Equatable, Sendable {
        /// Empty for code outside of functions.
        public var function: String
        /// As the program names its modules: `file:///…` of files.
        public var file: String
        public var line: Int
        public var column: Int
    }

    /// `TypeError`; empty when something was thrown that is no error.
    public var name: String
    public var message: String
    /// From the inside out; natives are left out.
    public var frames: [Frame]
    /// It was the reason of a promise that nobody handled.
    public var isRejection = false

    public init(name: String, message: String, frames: [Frame] = []) {
        self.name = name
        self.message = message
        self.frames = frames
    }

    /// `TypeError: no such thing`.
    public var headline: String {
        (isRejection ? "Uncaught (in promise) " : "")
            + (name.isEmpty ? message : message.isEmpty ? name : "\(name): \(message)")
    }

    /// With where it happened, one line a frame.
    public var text: String {
        ([headline] + frames.map(\.description)).joined(separator: "\n")
    }

    /// Reads a stack as the engine writes it: `    at name (file:line:column)`.
    static func frames(_ stack: String) -> [Frame] {
        stack.split(separator: "\n").compactMap { line in
            var rest = line.drop { $0 == " " }
            guard rest.hasPrefix("at ") else { return nil }
            rest = rest.dropFirst(3)
            var function = ""
            if rest.hasSuffix(")"), let open = rest.lastIndex(of: "(") {
                function = String(rest[..<open].dropLast(rest[..<open].hasSuffix(" ") ? 1 : 0))
                rest = rest[rest.index(after: open)...].dropLast()
            }
            let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count >= 3, let line = Int(parts[parts.count - 2]),
                let column = Int(parts[parts.count - 1])
            else { return nil }
            let file = parts.dropLast(2).joined(separator: ":")
            return Frame(
                function: function == "<anonymous>" || function == "<eval>" ? "" : function, file: file,
                line: line,
                column: column)
        }
    }
}

extension ScriptException.Frame: CustomStringConvertible {
    public var description: String {
        let place = "\(file):\(line):\(column)"
        return function.isEmpty ? "\tat \(place)" : "\tat \(function) (\(place))"
    }
}

extension ScriptRuntime {
    /// What was thrown; `nil` when it is the end that nobody catches.
    func exception(of error: ScriptThrow) -> ScriptException? {
        _ = raise(error)
        return takeException()
    }

    // SAFETY: exceptions are values of this runtime's context.

    /// Takes the pending exception away; `nil` when it is the end that nobody catches.
    func takeException() -> ScriptException? {
        let value = unsafe engine.table.pointee.exception(context)
        defer { free(value) }
        if value.isObject, unsafe engine.table.pointee.is_uncatchable(value) { return nil }
        if value.isNull, isFull { return ScriptException(name: "InternalError", message: "out of memory") }
        return describe(value)
    }

    /// There is hardly a byte left: where the engine has none for an error it throws `null`.
    private var isFull: Bool {
        let used = unsafe engine.table.pointee.used_memory(runtime)
        return used > holdings.limit - (64 << 10)
    }

    /// A thrown value, borrowed, for people.
    public func describe(_ value: ScriptValue) -> ScriptException {
        guard value.isObject else {
            return ScriptException(name: "", message: (try? text(value)) ?? "a value that has no text")
        }
        let message = plain(value, "message") ?? ""
        let name = plain(value, "name") ?? ""
        let stack = plain(value, "stack") ?? ""
        if !isError(value), name.isEmpty, message.isEmpty {
            let shown = (try? jsonText(value)).flatMap { $0 }.map { String(decoding: $0, as: UTF8.self) }
            return ScriptException(name: "", message: shown ?? "[object Object]")
        }
        return ScriptException(name: name, message: message, frames: ScriptException.frames(stack))
    }

    /// A member that is a string; getters that throw count as none.
    private func plain(_ value: ScriptValue, _ name: String) -> String? {
        do throws(ScriptThrow) {
            return try string(of: value, name)
        } catch {
            free(unsafe engine.table.pointee.exception(context))
            return nil
        }
    }
}

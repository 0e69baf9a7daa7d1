/// `exec.vu.metrics.tags` and `.metadata`: objects whose properties are what the virtual user's measurements carry.
enum UserTags {
    enum Kind { case tags, metadata }

    private final class Held {
        let kind: Kind
        init(_ kind: Kind) { self.kind = kind }
    }

    static func make(_ kind: Kind, _ runtime: ScriptRuntime) throws(ScriptThrow) -> ScriptValue {
        let target = runtime.makeObject()
        defer { runtime.free(target) }
        let handler = try runtime.makeObject(of: handlerType, holding: Held(kind))
        defer { runtime.free(handler) }
        return runtime.makeProxy(target, handler: handler)
    }

    private static let handlerType = NativeClass(
        "UserTagsHandler",
        members: [
            .function("get", arity: 3) { (runtime, this, arguments) throws(ScriptThrow) in
                guard let name = runtime.string(arguments[1]) else {
                    return try runtime.reflect("get", [arguments[0], arguments[1]])
                }
                guard let tag = try all(this, runtime).first(where: { $0.name == name }) else {
                    return try runtime.get(arguments[0], name)
                }
                return runtime.make(tag.value)
            },
            .function("has", arity: 2) { (runtime, this, arguments) throws(ScriptThrow) in
                let name = runtime.string(arguments[1])
                return .bool(try all(this, runtime).contains { $0.name == name })
            },
            .function("ownKeys", arity: 1) { (runtime, this, _) throws(ScriptThrow) in
                runtime.makeArray(try all(this, runtime).map { runtime.make($0.name) })
            },
            .function("getOwnPropertyDescriptor", arity: 2, descriptor),
            .function("set", arity: 4, set),
            .function("deleteProperty", arity: 2, remove),
        ])

    private static func kind(_ handler: ScriptValue, _ runtime: ScriptRuntime) throws(ScriptThrow) -> Kind {
        guard let held = runtime.held(handler, as: Held.self) else {
            throw .typeError("these are no tags")
        }
        return held.kind
    }

    /// The script's own tags win over group and scenario.
    private static func all(
        _ handler: ScriptValue, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> [ScriptTag] {
        let host = try runtime.user("getting VU information in the init context is not supported")
        guard try kind(handler, runtime) == .tags else { return host.metadata }
        let own = host.tags
        var system = [ScriptTag("group", host.group)]
        if let scenario = host.execution.scenario {
            system.insert(ScriptTag("scenario", scenario.name), at: 0)
        }
        return system.filter { tag in !own.contains { $0.name == tag.name } } + own
    }

    private static func descriptor(
        _ runtime: ScriptRuntime, _ this: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let name = runtime.string(arguments[1])
        guard let tag = try all(this, runtime).first(where: { $0.name == name }) else { return .undefined }
        let descriptor = runtime.makeObject()
        runtime.set(descriptor, "value", runtime.make(tag.value))
        for name in ["writable", "enumerable", "configurable"] { runtime.set(descriptor, name, .bool(true)) }
        return descriptor
    }

    private static func set(
        _ runtime: ScriptRuntime, _ this: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let host = try runtime.user("getting VU information in the init context is not supported")
        let kind = try kind(this, runtime)
        let name = try runtime.text(arguments[1])
        guard let value = try runtime.tagText(arguments[2]) else {
            throw .typeError(
                kind == .tags
                    ? ScriptRuntime.tagRefusal(name)
                    : "invalid value for metric metadata '\(name)': "
                        + "only String, Boolean and Number types are accepted as a metric metadata value")
        }
        let present = kind == .tags ? host.tags : host.metadata
        try runtime.need(
            bytes: present.reduce(64 + name.utf8.count + value.utf8.count) {
                $0 + 64 + $1.name.utf8.count + $1.value.utf8.count
            })
        func put(_ tags: inout [ScriptTag]) {
            if let index = tags.firstIndex(where: { $0.name == name }) {
                tags[index].value = value
            } else {
                tags.append(ScriptTag(name, value))
            }
        }
        switch kind {
        case .tags: put(&host.tags)
        case .metadata: put(&host.metadata)
        }
        return .bool(true)
    }

    private static func remove(
        _ runtime: ScriptRuntime, _ this: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let host = try runtime.user("getting VU information in the init context is not supported")
        let name = try runtime.text(arguments[1])
        switch try kind(this, runtime) {
        case .tags: host.tags.removeAll { $0.name == name }
        case .metadata: host.metadata.removeAll { $0.name == name }
        }
        return .bool(true)
    }
}

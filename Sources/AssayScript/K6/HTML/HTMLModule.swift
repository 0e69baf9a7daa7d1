internal import AssayFormats

/// The module `k6/html`: pages as trees that scripts look into.
enum HTMLModule {
    static let module = NativeModule(
        "k6/html",
        [
            .function("parseHTML", arity: 1) { (runtime, _, arguments) throws(ScriptThrow) in
                try parse(try runtime.optionalText(arguments[0]) ?? "", runtime)
            }
        ])

    /// A page as scripts see it; the caller's.
    ///
    /// - Parameter url: the address the page came from, from which its links start.
    static func parse(_ markup: String, url: String = "", _ runtime: ScriptRuntime) throws(ScriptThrow)
        -> ScriptValue
    {
        // What parsing takes besides the tree.
        try runtime.need(bytes: 2 * markup.utf8.count)
        var parsed = HTMLDocument(parsing: markup, memoryLimit: runtime.holdings.room)
        if parsed == nil {
            runtime.collectGarbage()
            parsed = HTMLDocument(parsing: markup, memoryLimit: runtime.holdings.room)
        }
        guard let document = parsed else { throw runtime.outOfMemory() }
        return try make(HTMLSelection(document, url: url, try runtime.hold(document.byteCount)), runtime)
    }

    /// A selection as scripts see it; the caller's.
    static func make(_ selection: HTMLSelection, _ runtime: ScriptRuntime) throws(ScriptThrow) -> ScriptValue
    {
        var selection = selection
        if selection.holding == nil { selection.holding = try runtime.hold(selection.weight) }
        return try runtime.makeObject(of: type, holding: Held(selection))
    }

    /// The selection that a value of a script is; `nil` of anything else.
    static func selection(_ value: ScriptValue, _ runtime: ScriptRuntime) -> HTMLSelection? {
        runtime.held(value, as: Held.self)?.selection
    }

    final class Held {
        let selection: HTMLSelection
        init(_ selection: HTMLSelection) { self.selection = selection }
    }

    private static let type = NativeClass("Selection", members: members)

    private static let members: [NativeExport] =
        walking + choosing + reading + [
            .function("each", arity: 1, each), .function("map", arity: 1, map),
            .function("get", arity: 1, get),
            .function("toArray", toArray), .function("index", arity: 1, index),
            .function("data", arity: 1, data),
        ]

    // MARK: arguments

    static func receiver(_ this: ScriptValue, _ runtime: ScriptRuntime) throws(ScriptThrow) -> HTMLSelection {
        guard let selection = selection(this, runtime) else {
            throw .typeError("this is no selection of k6/html")
        }
        return selection
    }

    /// A selector, a selection or an element; `nil` of nothing.
    private static func criterion(
        _ value: ScriptValue, _ runtime: ScriptRuntime, refusal: String? = nil
    ) throws(ScriptThrow) -> HTMLSelection.Criterion? {
        if value.isNullish { return nil }
        if let text = runtime.string(value) { return HTMLSelection.Criterion(text) }
        if let selection = selection(value, runtime) { return .nodes(selection.nodes) }
        if let element = HTMLElements.selection(value, runtime) { return .nodes(element.nodes) }
        throw runtime.goError(
            refusal ?? "invalid argument, cannot use a '\(goTypeName(value, runtime))' as a selector")
    }

    private static func wanted(
        _ value: ScriptValue, _ runtime: ScriptRuntime, refusal: String? = nil
    ) throws(ScriptThrow) -> HTMLSelection.Criterion {
        guard let criterion = try criterion(value, runtime, refusal: refusal) else {
            throw runtime.goError(refusal ?? "invalid argument, cannot use a '<nil>' as a selector")
        }
        return criterion
    }

    /// A method that gives another selection.
    private static func method(
        _ name: String, _ body: @escaping @Sendable (HTMLSelection) -> HTMLSelection
    ) -> NativeExport {
        .function(name) { (runtime, this, _) throws(ScriptThrow) in
            try make(body(try receiver(this, runtime)), runtime)
        }
    }

    /// The same with a selector, a selection or an element.
    private static func chosen(
        _ name: String, _ body: @escaping @Sendable (HTMLSelection, HTMLSelection.Criterion) -> HTMLSelection
    ) -> NativeExport {
        .function(name, arity: 1) { (runtime, this, arguments) throws(ScriptThrow) in
            try make(body(try receiver(this, runtime), try wanted(arguments[0], runtime)), runtime)
        }
    }

    /// The same with one that may be left out.
    private static func optional(
        _ name: String, _ body: @escaping @Sendable (HTMLSelection, HTMLSelection.Criterion?) -> HTMLSelection
    ) -> NativeExport {
        .function(name, arity: 1) { (runtime, this, arguments) throws(ScriptThrow) in
            try make(body(try receiver(this, runtime), try criterion(arguments[0], runtime)), runtime)
        }
    }

    private static func until(_ name: String, _ direction: HTMLSelection.Direction) -> NativeExport {
        .function(name, arity: 2) { (runtime, this, arguments) throws(ScriptThrow) in
            let selection = try receiver(this, runtime)
            return try make(
                selection.neighbours(
                    direction, until: try criterion(arguments[0], runtime),
                    try criterion(arguments[1], runtime)),
                runtime)
        }
    }

    // MARK: members

    private static let walking: [NativeExport] = [
        chosen("find") { $0.find($1) }, chosen("single") { $0.find($1).at(0) },
        chosen("closest") { $0.closest($1) }, optional("children") { $0.children($1) },
        method("contents") { $0.contents() }, optional("parent") { $0.parent($1) },
        optional("parents") { $0.parents($1) }, optional("siblings") { $0.siblings($1) },
        optional("next") { $0.neighbour(.forward, $1) }, optional("nextAll") { $0.neighbours(.forward, $1) },
        optional("prev") { $0.neighbour(.backward, $1) },
        optional("prevAll") { $0.neighbours(.backward, $1) },
        until("nextUntil", .forward), until("prevUntil", .backward), until("parentsUntil", .outward),
        method("end") { $0.end() },
    ]

    private static let choosing: [NativeExport] = [
        chosen("add") { $0.adding($1) }, chosen("has") { $0.has($1) }, method("first") { $0.at(0) },
        method("last") { $0.at(-1) },
        .function("eq", arity: 1) { (runtime, this, arguments) throws(ScriptThrow) in
            let index = try number(arguments[0], runtime)
            return try make(try receiver(this, runtime).at(index), runtime)
        },
        .function("slice", arity: 2) { (runtime, this, arguments) throws(ScriptThrow) in
            let end = arguments[1].isUndefined ? nil : try number(arguments[1], runtime)
            return try make(
                try receiver(this, runtime).slice(try number(arguments[0], runtime), end), runtime)
        },
        .function("filter", arity: 1) { (runtime, this, arguments) throws(ScriptThrow) in
            let selection = try receiver(this, runtime)
            guard runtime.isFunction(arguments[0]) else {
                let refusal = "the argument to filter() must be a function, a selector or a selection"
                return try make(
                    selection.filter(try wanted(arguments[0], runtime, refusal: refusal)), runtime)
            }
            return try make(selection.made(try passing(selection, arguments[0], runtime)), runtime)
        },
        .function("not", arity: 1) { (runtime, this, arguments) throws(ScriptThrow) in
            let selection = try receiver(this, runtime)
            guard runtime.isFunction(arguments[0]) else {
                return try make(selection.not(try wanted(arguments[0], runtime)), runtime)
            }
            let passing = try passing(selection, arguments[0], runtime)
            return try make(selection.made(selection.nodes.filter { !passing.contains($0) }), runtime)
        },
        .function("is", arity: 1) { (runtime, this, arguments) throws(ScriptThrow) in
            let selection = try receiver(this, runtime)
            guard runtime.isFunction(arguments[0]) else {
                let refusal = "the argument to is() must be a function, a selector or a selection"
                return .bool(selection.is(try wanted(arguments[0], runtime, refusal: refusal)))
            }
            return .bool(!(try passing(selection, arguments[0], runtime)).isEmpty)
        },
    ]

    static func number(_ value: ScriptValue, _ runtime: ScriptRuntime) throws(ScriptThrow) -> Int {
        let number = try runtime.toNumber(value)
        return Int(exactly: number.rounded(.towardZero)) ?? 0
    }

    /// The nodes of which a function says yes.
    private static func passing(
        _ selection: HTMLSelection, _ function: ScriptValue, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> [Int] {
        var passing: [Int] = []
        for (index, each) in selection.each.enumerated() {
            let argument = try make(each, runtime)
            defer { runtime.free(argument) }
            let result = try runtime.call(function, [.number(Double(index)), argument])
            if runtime.isTruthy(result) { passing += each.nodes }
            runtime.free(result)
        }
        return passing
    }

    private static func each(
        _ runtime: ScriptRuntime, _ this: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        guard runtime.isFunction(arguments[0]) else {
            throw runtime.goError("the argument to each() must be a function")
        }
        for (index, each) in try receiver(this, runtime).each.enumerated() {
            let element = try HTMLElements.make(each, runtime)
            defer { runtime.free(element) }
            runtime.free(try runtime.call(arguments[0], [.number(Double(index)), element]))
        }
        return runtime.duplicate(this)
    }

    private static func map(
        _ runtime: ScriptRuntime, _ this: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        guard runtime.isFunction(arguments[0]) else {
            throw runtime.goError("the argument to map() must be a function")
        }
        let array = runtime.makeArray()
        do throws(ScriptThrow) {
            for (index, each) in try receiver(this, runtime).each.enumerated() {
                let selection = try make(each, runtime)
                defer { runtime.free(selection) }
                runtime.set(
                    array, at: index, try runtime.call(arguments[0], [.number(Double(index)), selection]))
            }
        } catch {
            runtime.free(array)
            throw error
        }
        return array
    }

    private static func get(
        _ runtime: ScriptRuntime, _ this: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let selection = try receiver(this, runtime)
        if arguments[0].isUndefined { return try HTMLElements.array(selection, runtime) }
        return try HTMLElements.make(selection.at(try number(arguments[0], runtime)), runtime)
    }

    private static func toArray(
        _ runtime: ScriptRuntime, _ this: ScriptValue, _: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        try HTMLElements.array(of: try receiver(this, runtime), runtime, make)
    }

    private static func index(
        _ runtime: ScriptRuntime, _ this: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let selection = try receiver(this, runtime)
        if arguments[0].isUndefined { return .number(Double(selection.index)) }
        let place: Int?
        switch try criterion(arguments[0], runtime) {
        case nil: place = nil
        case .selector(let selector)?:
            let all = selector?.matches(below: 0, in: selection.document) ?? []
            place = selection.nodes.first.flatMap { all.firstIndex(of: $0) }
        case .nodes(let nodes)?: place = nodes.first.flatMap { selection.nodes.firstIndex(of: $0) }
        }
        return .number(Double(place ?? -1))
    }
}

internal import AssayCore
internal import AssayFormats

/// One pass over a template.
struct HandlebarsRendering {
    /// A value that `this` stands for, and what was said with it.
    struct Scope {
        var value: HandlebarsValue
        /// `@index`, `@key` …
        var data: [String: HandlebarsValue] = [:]
        /// `as |item|`
        var parameters: [String: HandlebarsValue] = [:]
    }

    let environment: HandlebarsEnvironment
    var random: SeededRandom
    private(set) var output: [UInt8] = []
    private var scopes: [Scope]
    /// What `assign` and its like have set; seen everywhere.
    private var variables: [String: HandlebarsValue] = [:]
    private let limits: HandlebarsLimits
    private var stepsLeft: Int

    init(
        _ names: [String: HandlebarsValue], _ environment: HandlebarsEnvironment, _ random: SeededRandom,
        _ limits: HandlebarsLimits
    ) {
        self.environment = environment
        self.random = random
        self.limits = limits
        stepsLeft = limits.steps
        scopes = [Scope(value: .object(HandlebarsNames(names)))]
    }

    mutating func run(_ nodes: [HandlebarsNode]) throws(HandlebarsFailure) {
        for node in nodes {
            try step()
            switch node {
            case .text(let text): try write(text)
            case .value(let call, let isRaw):
                let value = try evaluate(call, block: nil)
                if case .safe(let text) = value {
                    try write(text)
                } else {
                    let text = value.text
                    try write(isRaw || !environment.escapesHTML ? text : text.htmlEscaped)
                }
            case .block(let block): try run(block)
            }
        }
    }

    private mutating func run(_ block: HandlebarsBlock) throws(HandlebarsFailure) {
        if block.call.helper != nil {
            try write(try evaluate(block.call, block: block).text)
            return
        }
        // A block of a plain name: once for each element, with an object, or whether there is something.
        let value = try evaluate(block.call, block: nil)
        if let elements = value.elements {
            try write(try each(elements, block))
        } else if value.isTrue {
            try write(try text(of: block.body, in: Scope(value: value)))
        } else {
            try run(block.otherwise)
        }
    }

    // MARK: bodies, for helpers

    /// What the block's body gives for every element, or its `else` when there is none.
    mutating func each(
        _ elements: [HandlebarsValue], names: [String]? = nil, _ block: HandlebarsBlock,
        separator: String = ""
    ) throws(HandlebarsFailure) -> String {
        if elements.isEmpty { return try text(of: block.otherwise) }
        var all = ""
        for (index, element) in elements.enumerated() {
            var scope = Scope(value: element)
            scope.data = [
                "index": .int(index), "index_1": .int(index + 1),
                "key": names.map { .text($0[index]) } ?? .int(index),
                "first": .text(index == 0 ? "first" : ""),
                "last": .text(index == elements.count - 1 ? "last" : ""),
                "odd": .text(index % 2 == 0 ? "" : "odd"), "even": .text(index % 2 == 0 ? "even" : ""),
            ]
            let second: HandlebarsValue = names.map { .text($0[index]) } ?? .int(index)
            for (name, value) in zip(block.parameters, [element, second]) { scope.parameters[name] = value }
            if index > 0 { all += separator }
            all += try text(of: block.body, in: scope)
            try check(all.utf8.count)
        }
        return all
    }

    /// What nodes give, in a scope of their own when there is one.
    mutating func text(of nodes: [HandlebarsNode], in scope: Scope? = nil) throws(HandlebarsFailure) -> String
    {
        let before = output
        output = []
        if let scope { scopes.append(scope) }
        defer {
            if scope != nil { scopes.removeLast() }
            output = before
        }
        try run(nodes)
        return String(decoding: output, as: UTF8.self)
    }

    /// The text a helper works on: its first argument, the block's body, or the current value.
    mutating func subject(_ arguments: HandlebarsArguments) throws(HandlebarsFailure) -> HandlebarsValue {
        if !arguments.values.isEmpty { return arguments[0] }
        if let block = arguments.block { return .text(try text(of: block.body)) }
        return current
    }

    /// A condition's answer: one of a block's bodies, or `yes`/`no` in a tag.
    mutating func answer(
        _ holds: Bool, _ arguments: HandlebarsArguments
    ) throws(HandlebarsFailure) -> HandlebarsValue {
        if let block = arguments.block {
            return .safe(try text(of: holds ? block.body : block.otherwise))
        }
        return arguments.options[holds ? "yes" : "no"] ?? .bool(holds)
    }

    mutating func assign(_ name: String, _ value: HandlebarsValue) { variables[name] = value }

    /// `this`
    var current: HandlebarsValue { scopes[scopes.count - 1].value }

    // MARK: values

    mutating func evaluate(
        _ call: HandlebarsCall, block: HandlebarsBlock?
    ) throws(HandlebarsFailure) -> HandlebarsValue {
        try step()
        guard let helper = call.helper else { return try evaluate(call.target) }
        var arguments = HandlebarsArguments(values: [], options: [:], block: block)
        for argument in call.arguments { arguments.values.append(try evaluate(argument)) }
        for option in call.options { arguments.options[option.name] = try evaluate(option.value) }
        let value = try helper.apply(arguments, &self)
        if case .json(.string(let text)) = value { try check(text.utf8.count) }
        return value
    }

    private mutating func evaluate(
        _ expression: HandlebarsExpression
    ) throws(HandlebarsFailure) -> HandlebarsValue {
        switch expression {
        case .literal(let value): .json(value)
        case .path(let path): find(path)
        case .call(let call): try evaluate(call, block: nil)
        }
    }

    private func find(_ path: HandlebarsPath) -> HandlebarsValue {
        let depth = scopes.count - 1 - path.up
        guard depth >= 0 else { return .missing }
        guard let first = path.segments.first else { return scopes[depth].value }
        var value: HandlebarsValue
        if path.isData {
            value = first == "root" ? scopes[0].value : data(first, from: depth)
        } else if path.isLocal {
            value = scopes[depth].value.member(first)
        } else {
            value = find(first, from: depth)
        }
        for segment in path.segments.dropFirst() { value = value.member(segment) }
        return value
    }

    private func data(_ name: String, from depth: Int) -> HandlebarsValue {
        for scope in scopes[...depth].reversed() {
            if let value = scope.data[name] { return value }
        }
        return variables[name] ?? .missing
    }

    /// From the current value outwards, as Mustache has it; then what was assigned.
    private func find(_ name: String, from depth: Int) -> HandlebarsValue {
        for scope in scopes[...depth].reversed() {
            if let value = scope.parameters[name] { return value }
            let value = scope.value.member(name)
            if !value.isMissing { return value }
        }
        return variables[name] ?? .missing
    }

    // MARK: limits

    private mutating func write(_ text: String) throws(HandlebarsFailure) {
        try check(output.count + text.utf8.count)
        output.append(contentsOf: text.utf8)
    }

    func check(_ bytes: Int) throws(HandlebarsFailure) {
        guard bytes <= limits.outputBytes else {
            throw HandlebarsFailure("the template gives more than \(ByteCount(limits.outputBytes).shortText)")
        }
    }

    /// Counts work that grows with a template's values.
    mutating func step(_ count: Int = 1) throws(HandlebarsFailure) {
        stepsLeft -= count
        guard stepsLeft >= 0 else {
            throw HandlebarsFailure("the template takes more than \(limits.steps) steps")
        }
    }
}

/// The names a template begins with.
struct HandlebarsNames: HandlebarsObject {
    private let values: [String: HandlebarsValue]
    init(_ values: [String: HandlebarsValue]) { self.values = values }
    var text: String { "" }
    var names: [String] { values.keys.sorted() }
    func member(_ name: String) -> HandlebarsValue { values[name] ?? .missing }
}

/// The form in which WireMock's helpers say that they cannot do what they are asked.
func helperError(_ message: String) -> HandlebarsValue { .safe("[ERROR: \(message)]") }

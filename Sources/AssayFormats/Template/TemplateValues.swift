extension JSON {
    /// What `if`, `!`, `&&` and `||` take for true: everything but null, false, 0, an empty text, list or object.
    public var isTrue: Bool {
        switch self {
        case .null: false
        case .bool(let value): value
        case .int(let value): value != 0
        case .double(let value): value != 0
        case .string(let value): !value.isEmpty
        case .array(let values): !values.isEmpty
        case .object(let object): !object.isEmpty
        }
    }

    /// How a value stands inside other text: a text as it is, everything else as JSON.
    public var templateText: String {
        switch self {
        case .string(let value): value
        case .int(let value): String(value)
        default: rendered()
        }
    }

    /// What it is, for the `found …` of a message: `the number 5`, `a list`.
    var kindText: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .int, .double: "the number \(rendered())"
        case .string: "a text"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

extension Expression.Operator {
    /// Arithmetic, order and joining. Whole numbers stay whole where the result is; what does not fit 64 bits
    /// becomes floating point. `+` joins a text with any scalar, and a list with a list.
    ///
    /// - Returns: `nil` when the operator does not fit the values, or the result is no number.
    func applied(_ left: JSON, _ right: JSON) -> JSON? {
        switch (left, right) {
        case (.int(let a), .int(let b)): return applied(a, b) ?? applied(Double(a), Double(b))
        case (.string(let a), .string(let b)) where isOrder: return ordered(scalarsPrecede(a, b), a == b)
        case (.array(let a), .array(let b)) where self == .plus: return .array(a + b)
        default: break
        }
        if let a = left.doubleValue, let b = right.doubleValue { return applied(a, b) }
        guard self == .plus, left.stringValue != nil || right.stringValue != nil, left.isScalar,
            right.isScalar
        else { return nil }
        return .string(left.templateText + right.templateText)
    }

    private var isOrder: Bool { [.less, .lessOrEqual, .greater, .greaterOrEqual].contains(self) }

    private func ordered(_ isLess: Bool, _ isEqual: Bool) -> JSON? {
        switch self {
        case .less: .bool(isLess)
        case .lessOrEqual: .bool(isLess || isEqual)
        case .greater: .bool(!isLess && !isEqual)
        case .greaterOrEqual: .bool(!isLess)
        default: nil
        }
    }

    private func scalarsPrecede(_ left: String, _ right: String) -> Bool {
        left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars)
    }

    private func applied(_ a: Int64, _ b: Int64) -> JSON? {
        let (value, overflow): (Int64, Bool)
        switch self {
        case .plus: (value, overflow) = a.addingReportingOverflow(b)
        case .minus: (value, overflow) = a.subtractingReportingOverflow(b)
        case .times: (value, overflow) = a.multipliedReportingOverflow(by: b)
        case .divided:
            guard !a.remainderReportingOverflow(dividingBy: b).overflow, a % b == 0 else { return nil }
            (value, overflow) = a.dividedReportingOverflow(by: b)
        case .remainder:
            (value, overflow) = b == -1 ? (0, false) : a.remainderReportingOverflow(dividingBy: b)
        default: return ordered(a < b, a == b)
        }
        return overflow ? nil : .int(value)
    }

    private func applied(_ a: Double, _ b: Double) -> JSON? {
        let value: Double
        switch self {
        case .plus: value = a + b
        case .minus: value = a - b
        case .times: value = a * b
        case .divided: value = a / b
        case .remainder: value = a.truncatingRemainder(dividingBy: b)
        default: return ordered(a < b, a == b)
        }
        return value.isFinite ? .double(value) : nil
    }
}

extension JSON {
    fileprivate var isScalar: Bool { arrayValue == nil && objectValue == nil }
}

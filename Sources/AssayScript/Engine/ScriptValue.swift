public import CScriptEngine

/// A value of a script: numbers, booleans and the like hold themselves, everything else is counted by the engine.
///
/// **Unmanaged.** Natives borrow their arguments and give away what they return; ``ScriptRuntime`` says of each of its
/// functions who owns what. ``ScriptReference`` keeps a value for longer.
public typealias ScriptValue = CScriptEngine.ScriptValue

extension ScriptValue {
    public static var undefined: ScriptValue { ScriptValue(bits: 0, tag: 3) }
    public static var null: ScriptValue { ScriptValue(bits: 0, tag: 2) }
    static var exception: ScriptValue { ScriptValue(bits: 0, tag: 6) }

    /// A boolean; owned by nobody.
    public static func bool(_ value: Bool) -> ScriptValue { ScriptValue(bits: value ? 1 : 0, tag: 1) }
    /// A whole number; owned by nobody.
    public static func int(_ value: Int32) -> ScriptValue {
        ScriptValue(bits: UInt64(UInt32(bitPattern: value)), tag: 0)
    }
    /// A number; owned by nobody.
    public static func number(_ value: Double) -> ScriptValue {
        if let whole = Int32(exactly: value), !(value == 0 && value.sign == .minus) { return .int(whole) }
        return ScriptValue(bits: value.bitPattern, tag: 8)
    }

    public var isUndefined: Bool { tag == 3 }
    public var isNull: Bool { tag == 2 }
    /// `null` or `undefined`.
    public var isNullish: Bool { tag == 2 || tag == 3 }
    public var isObject: Bool { tag == -1 }
    public var isString: Bool { tag == -7 || tag == -6 }
    public var isSymbol: Bool { tag == -8 }
    public var isBigInteger: Bool { tag == -9 || tag == 7 }
    public var isNumber: Bool { tag == 0 || tag == 8 }
    public var isBool: Bool { tag == 1 }
    var isException: Bool { tag == 6 }
    /// What the engine gives where no exception is pending.
    var isNoException: Bool { tag == 4 }

    /// The number it is, when it is one.
    public var asNumber: Double? {
        switch tag {
        case 0: Double(Int32(truncatingIfNeeded: bits))
        case 8: Double(bitPattern: bits)
        default: nil
        }
    }

    /// The boolean it is, when it is one.
    public var asBool: Bool? { tag == 1 ? bits & 1 == 1 : nil }
}

/// `http.expectedStatuses(200, {min: 300, max: 302})`.
enum HTTPExpectation {
    private static let type = NativeClass("expectedStatuses", members: [])

    static func make(_ runtime: ScriptRuntime, _ arguments: ScriptArguments) throws(ScriptThrow)
        -> ScriptValue
    {
        guard arguments.count > 0 else { throw .error("no arguments") }
        var ranges: [ClosedRange<Int>] = []
        for place in 0..<arguments.count {
            let argument = arguments[place]
            if let status = runtime.integer(argument) {
                ranges.append(status...status)
            } else if argument.isObject {
                if let range = try range(argument, place, runtime) { ranges.append(range) }
            } else {
                throw misfit(place)
            }
        }
        return try runtime.makeObject(of: type, holding: ScriptExpectedStatuses(ranges))
    }

    private static func misfit(_ place: Int) -> ScriptThrow {
        .error(
            "argument number \(place + 1) to expectedStatuses was neither an integer nor an object like "
                + "{min:100, max:329}")
    }

    /// - Returns: `nil` for a range that holds nothing.
    private static func range(
        _ object: ScriptValue, _ place: Int, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> ClosedRange<Int>? {
        func bound(_ name: String) throws(ScriptThrow) -> Int {
            try runtime.with(object, name) { value throws(ScriptThrow) in
                if value.isUndefined { throw misfit(place) }
                guard let whole = runtime.integer(value) else {
                    throw .error("both min and max need to be integers for argument number \(place + 1)")
                }
                return whole
            }
        }
        try runtime.with(object, "max") { value throws(ScriptThrow) in
            if value.isUndefined { throw misfit(place) }
        }
        let (lowest, highest) = (try bound("min"), try bound("max"))
        return lowest <= highest ? lowest...highest : nil
    }

    /// What a script gives where statuses are expected.
    ///
    /// - Returns: `nil` for what is none; with no statuses for `null`, which asks for nothing.
    static func read(
        _ value: ScriptValue, _ runtime: ScriptRuntime
    ) -> (statuses: ScriptExpectedStatuses?, Void)? {
        if value.isNullish { return (nil, ()) }
        return runtime.held(value, as: ScriptExpectedStatuses.self).map { ($0, ()) }
    }
}

import AssayFormats

/// Smaller values to try in place of one, the boldest first.
enum ValueShrinking {
    /// - Returns: values that are simpler; each may or may not be of the same schema.
    static func candidates(_ value: JSON) -> [JSON] {
        switch value {
        case .null: []
        case .bool(let flag): flag ? [.bool(false)] : []
        case .int(let number): numbers(number).map { .int($0) }
        case .double(let number): doubles(number)
        case .string(let text): texts(text).map { .string($0) }
        case .array(let items): arrays(items)
        case .object(let members): objects(members)
        }
    }

    private static func numbers(_ number: Int64) -> [Int64] {
        guard number != 0 else { return [] }
        var found: [Int64] = [0]
        if number < 0, number != .min { found.append(-number) }
        // Half the way again and again, so that a bound is found in few steps.
        var step = number / 2
        while step != 0 {
            found.append(number - step)
            step /= 2
        }
        return found.filter { $0 != number }
    }

    private static func doubles(_ number: Double) -> [JSON] {
        guard number != 0 else { return [] }
        var found: [JSON] = [.int(0)]
        if let whole = Int64(exactly: number.rounded(.towardZero)) { found.append(.int(whole)) }
        found += [.double(number / 2), .double((number * 10).rounded() / 10)]
        return found.filter { $0 != .double(number) }
    }

    private static func texts(_ text: String) -> [String] {
        let scalars = Array(text.unicodeScalars)
        guard !scalars.isEmpty else { return [] }
        var found: [String] = [""]
        func add(_ kept: some Sequence<Unicode.Scalar>) {
            var view = String.UnicodeScalarView()
            view.append(contentsOf: kept)
            found.append(String(view))
        }
        if scalars.count > 1 {
            add(scalars.prefix(scalars.count / 2))
            add(scalars.suffix(scalars.count - scalars.count / 2))
            add(scalars.dropLast())
            add(scalars.dropFirst())
            if scalars.count <= 16 {
                for place in 1..<(scalars.count - 1) { add(scalars[..<place] + scalars[(place + 1)...]) }
            }
        }
        let plain = String(repeating: "a", count: scalars.count)
        if plain != text { found.append(plain) }
        return found
    }

    private static func arrays(_ items: [JSON]) -> [JSON] {
        guard !items.isEmpty else { return [] }
        var found: [JSON] = [.array([])]
        if items.count > 2 { found.append(.array(Array(items.prefix(items.count / 2)))) }
        for place in items.indices.reversed().prefix(16) {
            var fewer = items
            fewer.remove(at: place)
            found.append(.array(fewer))
        }
        for (place, item) in items.enumerated().prefix(8) {
            for smaller in candidates(item).prefix(8) {
                var changed = items
                changed[place] = smaller
                found.append(.array(changed))
            }
        }
        return found
    }

    private static func objects(_ members: JSONObject) -> [JSON] {
        var found: [JSON] = []
        if members.count > 1 { found.append(.object([:])) }
        for name in members.keys.reversed() {
            var fewer = members
            fewer[name] = nil
            found.append(.object(fewer))
        }
        for (name, value) in members {
            for smaller in candidates(value).prefix(12) {
                var changed = members
                changed[name] = smaller
                found.append(.object(changed))
            }
        }
        return found
    }
}

package import AssayNet
package import AssayWire

/// Options of the command line and variables of the environment as values; an option wins, and what is empty is not set.
package struct Variables {
    private let environment: (String) -> String?
    private var options: [String: String] = [:]
    package private(set) var wantsHelp = false

    /// - Parameters:
    ///   - known: option → the variable that it stands for.
    /// - Throws: an option that is not known or has no value.
    package init(
        _ arguments: [String], options known: [String: String], _ environment: @escaping (String) -> String?
    ) throws(Misfit) {
        self.environment = environment
        var rest = arguments[...]
        while let word = rest.popFirst() {
            if word == "--help" || word == "-h" {
                wantsHelp = true
                return
            }
            guard let variable = known[word] else {
                throw Misfit(word, "is no option; known: \(known.keys.sorted().joined(separator: ", "))")
            }
            guard let value = rest.popFirst() else { throw Misfit(word, "needs a value") }
            options[variable] = value
        }
    }

    package func text(_ name: String) -> String? {
        (options[name] ?? environment(name)).flatMap { $0.isEmpty ? nil : $0 }
    }

    package func required(_ name: String) throws(Misfit) -> String {
        guard let text = text(name) else { throw Misfit(name, "is not set") }
        return text
    }

    package func number(_ name: String, _ standard: Int, in range: ClosedRange<Int>) throws(Misfit) -> Int {
        guard let text = text(name) else { return standard }
        guard let number = Int(text), range.contains(number) else {
            throw Misfit(
                name, "is a number from \(range.lowerBound) to \(range.upperBound), found '\(text)'")
        }
        return number
    }

    package func flag(_ name: String) throws(Misfit) -> Bool {
        switch text(name) {
        case nil, "0", "false": return false
        case "1", "true": return true
        case let other?: throw Misfit(name, "is 0 or 1, found '\(other)'")
        }
    }

    /// One of the words that a value may have.
    package func choice<Value: RawRepresentable & CaseIterable>(_ name: String) throws(Misfit) -> Value?
    where Value.RawValue == String {
        guard let word = text(name) else { return nil }
        guard let value = Value(rawValue: word) else {
            let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw Misfit(name, "is one of \(known), found '\(word)'")
        }
        return value
    }

    package func url(_ name: String) throws(Misfit) -> URLParts {
        let text = try required(name)
        guard let parts = try? URLParts(parsing: text), parts.scheme == "http" else {
            throw Misfit(name, "is an address like http://127.0.0.1:8080, found '\(text)'")
        }
        return parts
    }

    package func address(_ standard: Int) throws(Misfit) -> SocketAddress {
        let port = UInt16(try number("PORT", standard, in: 0...65_535))
        let host = text("HOST") ?? "127.0.0.1"
        guard let address = SocketAddress(numeric: host, port: port) else {
            throw Misfit("HOST", "is a numeric address, found '\(host)'")
        }
        return address
    }
}

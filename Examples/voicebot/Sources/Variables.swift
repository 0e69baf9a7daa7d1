internal import AssayNet
internal import AssayWire

/// Variables of the environment as values. One that is empty counts as not set.
struct Variables {
    struct Fault: Error, Equatable { var message: String }

    private let environment: (String) -> String?

    init(_ environment: @escaping (String) -> String?) { self.environment = environment }

    func text(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }

    func number(_ name: String, _ standard: Int, in range: ClosedRange<Int>) throws(Fault) -> Int {
        guard let text = text(name) else { return standard }
        guard let number = Int(text), range.contains(number) else {
            throw Fault(
                message:
                    "\(name) is a number from \(range.lowerBound) to \(range.upperBound), found '\(text)'")
        }
        return number
    }

    /// One of the words that a value may have.
    func choice<Value: RawRepresentable & CaseIterable>(_ name: String) throws(Fault) -> Value?
    where Value.RawValue == String {
        guard let word = text(name) else { return nil }
        guard let value = Value(rawValue: word) else {
            let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw Fault(message: "\(name) is one of \(known), found '\(word)'")
        }
        return value
    }

    func format(_ name: String) throws(Fault) -> AudioSocketFormat? {
        guard let word = text(name) else { return nil }
        guard let format = AudioSocketFormat.named(word) else {
            let known = AudioSocketFormat.presets.map(\.name).joined(separator: ", ")
            throw Fault(message: "\(name) is one of \(known), found '\(word)'")
        }
        return format
    }

    func url(_ name: String) throws(Fault) -> URLParts? {
        guard let text = text(name) else { return nil }
        let parts: URLParts
        do throws(URLError) { parts = try URLParts(parsing: text) } catch {
            throw Fault(message: "\(name): \(error)")
        }
        guard parts.scheme == "http" else {
            throw Fault(message: "\(name) begins with http://, found '\(parts.scheme)://'")
        }
        return parts
    }

    /// `NAME_URL` with `NAME_API_KEY`; `nil` when there is none.
    func backEnd(_ name: String) throws(Fault) -> BackEndAddress? {
        guard let url = try url("\(name)_URL") else { return nil }
        let key = text("\(name)_API_KEY")
        guard key?.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }) ?? true else {
            throw Fault(message: "\(name)_API_KEY holds a character that no key has")
        }
        return BackEndAddress(url: url, key: key)
    }

    func requiredBackEnd(_ name: String) throws(Fault) -> BackEndAddress {
        guard let address = try backEnd(name) else { throw Fault(message: "\(name)_URL is not set") }
        return address
    }

    /// The path of `sqlite:///PATH`.
    func databasePath(_ name: String) throws(Fault) -> String? {
        guard let text = text(name) else { return nil }
        guard text.hasPrefix("sqlite:///"), text.utf8.count > 10 else {
            throw Fault(message: "\(name) is sqlite:///PATH, found '\(text)'")
        }
        return String(text.dropFirst(10))
    }

    func address(host: String, port name: String, _ standard: Int) throws(Fault) -> SocketAddress {
        let port = UInt16(try number(name, standard, in: 0...65_535))
        guard let address = SocketAddress(numeric: text(host) ?? "127.0.0.1", port: port) else {
            throw Fault(message: "\(host) is a numeric address, found '\(text(host) ?? "")'")
        }
        return address
    }
}

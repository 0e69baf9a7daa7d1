internal import AssayContracts
internal import AssayFormats

/// What the provider said is there, to be asked for again: by the links of the document, and by what collections hold.
struct ProbeResources {
    /// Something that was answered, and the path that led there.
    private struct Known {
        var arguments: [RequestDraft.Argument]
        var value: JSON
    }

    private let document: APIDocument
    /// By the path of their collection: `/jobs`.
    private var collections: [String: [Known]] = [:]
    /// By operation and parameter.
    private var linked: [String: [JSON]] = [:]
    private static let limit = 24

    init(_ document: APIDocument) { self.document = document }

    // MARK: Learning

    /// Remembers what an accepted request brought.
    mutating func learn(_ found: ProbeCase, _ exchange: ContractExchange, of operation: APIOperation) {
        guard let response = exchange.response, (200..<300).contains(response.status),
            let body = try? JSON(parsing: response.body)
        else { return }
        follow(operation, exchange, body)
        let arguments = found.draft.arguments.filter { $0.place == .path }
        switch operation.method {
        case "POST", "GET", "PUT":
            for value in Self.objects(body).prefix(4) { add(value, operation.path, arguments) }
        case "DELETE":
            guard let last = arguments.last else { return }
            let collection = Self.collection(of: last.name, in: operation.path)
            collections[collection]?.removeAll {
                Self.member(last.name, of: $0.value).map(Self.text) == Self.text(last.value)
            }
        default: break
        }
    }

    private mutating func add(_ value: JSON, _ path: String, _ arguments: [RequestDraft.Argument]) {
        let known = Known(arguments: arguments, value: value)
        collections[path, default: []].append(known)
        // The newest are the likeliest to be there still.
        if collections[path, default: []].count > Self.limit { collections[path]?.removeFirst() }
    }

    /// The objects of an answer: itself, its elements, or those of the one list that it has.
    private static func objects(_ body: JSON) -> [JSON] {
        switch body {
        case .array(let items): return items.filter { $0.objectValue != nil }
        case .object(let members):
            let lists = members.values.compactMap(\.arrayValue).filter { $0.first?.objectValue != nil }
            return [body] + (lists.count == 1 ? lists[0] : [])
        default: return []
        }
    }

    /// Links of the answer's response (OpenAPI 3.1 §4.8.20).
    private mutating func follow(_ operation: APIOperation, _ exchange: ContractExchange, _ body: JSON) {
        guard let status = exchange.response?.status, let response = operation.response(for: status),
            let links = document.value(at: response.pointer)?["links"]?.objectValue
        else { return }
        for link in links.values {
            let target = document.operations.first { operation in
                if let id = link["operationId"]?.stringValue { return operation.id == id }
                return link["operationRef"]?.stringValue.map { $0.hasSuffix("#" + operation.pointer) }
                    ?? false
            }
            guard let target else { continue }
            for (name, expression) in link["parameters"]?.objectValue ?? JSONObject() {
                guard let value = Self.value(of: expression, exchange, body) else { continue }
                let plain = name.split(separator: ".").last.map(String.init) ?? name
                linked[target.pointer + " " + plain, default: []].append(value)
                if linked[target.pointer + " " + plain, default: []].count > Self.limit {
                    linked[target.pointer + " " + plain]?.removeFirst()
                }
            }
        }
    }

    /// A runtime expression: `$response.body#/id`, `$response.header.Location`, `$request.path.id`; else a constant.
    private static func value(of expression: JSON, _ exchange: ContractExchange, _ body: JSON) -> JSON? {
        guard let text = expression.stringValue, text.hasPrefix("$") else { return expression }
        if text.hasPrefix("$response.body#") {
            return body.value(at: String(text.dropFirst("$response.body#".count)))
        }
        if text.hasPrefix("$response.header.") {
            let name = String(text.dropFirst("$response.header.".count))
            return exchange.response?.header(name).map { .string($0) }
        }
        if text.hasPrefix("$request.body#"),
            let sent = exchange.request.body.flatMap({ try? JSON(parsing: $0) })
        {
            return sent.value(at: String(text.dropFirst("$request.body#".count)))
        }
        return nil
    }

    // MARK: Using

    /// A case whose path names what is there, where something is known.
    ///
    /// - Parameter number: of the case; neighbours get different things.
    func filled(_ found: ProbeCase, of operation: APIOperation, number: Int, fixed: [String: String])
        -> ProbeCase
    {
        // By chance, some ask for what is not there.
        if found.phase == .random, number % 4 == 3 { return found }
        var filled = found
        for argument in found.draft.arguments.reversed()
        where argument.place == .path && fixed[argument.name] == nil {
            let place = "path \(argument.name)"
            guard found.reason?.place.hasPrefix(place) != true, !found.what.hasPrefix(place) else {
                return found
            }
            guard !filled.learned.contains(argument.name) else { continue }
            if let values = linked[operation.pointer + " " + argument.name], !values.isEmpty {
                filled.draft.set(argument.name, in: .path, to: values[number % values.count])
                filled.learned.insert(argument.name)
                continue
            }
            let collection = Self.collection(of: argument.name, in: operation.path)
            let candidates = (collections[collection] ?? []).filter {
                Self.member(argument.name, of: $0.value) != nil
            }
            guard !candidates.isEmpty else { continue }
            let known = candidates[number % candidates.count]
            guard let value = Self.member(argument.name, of: known.value) else { continue }
            filled.draft.set(argument.name, in: .path, to: value)
            filled.learned.insert(argument.name)
            for outer in known.arguments where fixed[outer.name] == nil {
                filled.draft.set(outer.name, in: .path, to: outer.value)
                filled.learned.insert(outer.name)
            }
        }
        return filled
    }

    /// `/jobs` of `id` in `/jobs/{id}/status`.
    private static func collection(of name: String, in path: String) -> String {
        path.firstRange(of: "/{\(name)}").map { String(path[..<$0.lowerBound]) } ?? path
    }

    /// The member that a path parameter means: of its name in any spelling, else what things are told apart by.
    private static func member(_ name: String, of value: JSON) -> JSON? {
        guard let members = value.objectValue else { return nil }
        let wanted = plain(name)
        for (key, value) in members where plain(key) == wanted && isScalar(value) { return value }
        return ["id", "uuid", "key", "name"].lazy.compactMap { members[$0] }.first(where: isScalar)
    }

    private static func plain(_ name: String) -> String {
        name.lowercased().filter { $0 != "_" && $0 != "-" }
    }

    private static func isScalar(_ value: JSON) -> Bool {
        switch value {
        case .string(let text): !text.isEmpty && !text.contains("/")
        case .int: true
        default: false
        }
    }

    private static func text(_ value: JSON) -> String { value.stringValue ?? value.rendered() }
}

extension APIDocument {
    /// What stands at a JSON Pointer.
    fileprivate func value(at pointer: String) -> JSON? { json.value(at: pointer) }
}

extension JSON {
    /// What stands at a JSON Pointer (RFC 6901).
    fileprivate func value(at pointer: String) -> JSON? {
        var value = self
        for token in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            let name = String(token).replacing("~1", with: "/").replacing("~0", with: "~")
            let next = value.arrayValue == nil ? value[name] : Int(name).flatMap { place in value[place] }
            guard let next else { return nil }
            value = next
        }
        return value
    }
}

public import AssayFormats

/// A request in the parts that its operation describes, from which it is written.
public struct RequestDraft: Sendable, Hashable {
    /// A parameter and its value.
    public struct Argument: Sendable, Hashable {
        public var name: String
        public var place: APIParameter.Place
        public var style: APIParameter.Style
        public var isExploded: Bool
        /// The text is JSON, not of a style.
        public var isJSON: Bool
        public var value: JSON

        init(_ parameter: APIParameter, _ value: JSON) {
            name = parameter.name
            place = parameter.place
            style = parameter.style
            isExploded = parameter.isExploded
            isJSON = parameter.contentType.flatMap(MediaType.init)?.isJSON ?? false
            self.value = value
        }
    }

    public enum Body: Sendable, Hashable {
        case none
        /// A value of a media type; of a form, the members that are files.
        case value(JSON, mediaType: String, files: [String])
        /// Sent as they are.
        case bytes([UInt8], mediaType: String?)
    }

    /// Upper case.
    public var method: String
    /// With its `{parameters}`.
    public var path: String
    public var arguments: [Argument] = []
    public var body = Body.none

    /// The argument of a name at a place.
    public func argument(_ name: String, in place: APIParameter.Place) -> Argument? {
        arguments.first { $0.name == name && $0.place == place }
    }

    /// Puts a value in place of an argument that is there.
    public mutating func set(_ name: String, in place: APIParameter.Place, to value: JSON) {
        guard let index = arguments.firstIndex(where: { $0.name == name && $0.place == place }) else {
            return
        }
        arguments[index].value = value
    }

    mutating func drop(_ name: String, in place: APIParameter.Place) {
        arguments.removeAll { $0.name == name && $0.place == place }
    }

    /// The request as it is sent, without credentials.
    ///
    /// - Parameter basePath: stands before the path.
    public func request(basePath: String = "") -> ContractExchange.Request {
        var target = path
        var query: [String] = []
        var cookies: [String] = []
        var request = ContractExchange.Request(method: method, path: "")
        for argument in arguments {
            let text = ArgumentText(argument)
            switch argument.place {
            case .path: target = target.replacing("{\(argument.name)}", with: text.segment)
            case .query: query += text.pairs
            case .cookie: cookies += text.pairs
            case .header: request.headers.append(.init(argument.name, text.header))
            }
        }
        request.path = basePath + target
        if !query.isEmpty { request.query = query.joined(separator: "&") }
        if !cookies.isEmpty { request.headers.append(.init("Cookie", cookies.joined(separator: "; "))) }
        switch body {
        case .none: break
        case .bytes(let bytes, let type):
            if let type { request.headers.append(.init("Content-Type", type)) }
            request.body = bytes
        case .value(let value, let type, let files):
            let written = BodyWriting.write(value, as: type, files: files)
            request.headers.append(.init("Content-Type", written.type))
            request.body = written.bytes
        }
        return request
    }
}

/// Values of bodies as bytes.
enum BodyWriting {
    static let boundary = "assay-boundary-5c1f0b"

    static func write(_ value: JSON, as type: String, files: [String]) -> (bytes: [UInt8], type: String) {
        let media = MediaType(type)
        if media?.isForm == true {
            let fields = value.objectValue ?? JSONObject()
            let pairs = fields.flatMap { name, value in
                texts(value).map { ArgumentText.encoded(name) + "=" + ArgumentText.encoded($0) }
            }
            return (Array(pairs.joined(separator: "&").utf8), type)
        }
        if media?.essence == "multipart/form-data" {
            return (multipart(value, files), "multipart/form-data; boundary=\(boundary)")
        }
        if media?.isJSON == true { return (Array(value.rendered().utf8), type) }
        return (Array((value.stringValue ?? value.rendered()).utf8), type)
    }

    /// A field's values: each element of a list, an object as JSON.
    private static func texts(_ value: JSON) -> [String] {
        switch value {
        case .array(let items): items.map(ArgumentText.plain)
        case .null: []
        default: [ArgumentText.plain(value)]
        }
    }

    private static func multipart(_ value: JSON, _ files: [String]) -> [UInt8] {
        var text = ""
        for (name, value) in value.objectValue ?? JSONObject() {
            let isFile = files.contains(name)
            for part in texts(value) {
                text += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\""
                if isFile { text += "; filename=\"file.bin\"\r\nContent-Type: application/octet-stream" }
                text += "\r\n\r\n\(part)\r\n"
            }
        }
        return Array((text + "--\(boundary)--\r\n").utf8)
    }
}

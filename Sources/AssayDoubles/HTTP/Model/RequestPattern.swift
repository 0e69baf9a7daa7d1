internal import AssayFormats

/// What a request must be like; what is not said may be anything.
public struct RequestPattern: Sendable {
    /// Which methods.
    public enum Methods: Sendable, Equatable {
        case any
        /// Upper case as sent: methods are case-sensitive (RFC 9110 §9.1).
        case oneOf([String])
    }

    /// A name and a password of HTTP's Basic scheme (RFC 7617).
    public struct BasicCredentials: Sendable, Equatable {
        public var username: String
        public var password: String
        public init(username: String, password: String) {
            self.username = username
            self.password = password
        }

        var header: String { "Basic " + Base64.standard.encode(Array("\(username):\(password)".utf8)) }
    }

    public var methods = Methods.any
    public var url = URLMatcher.any
    /// `http` or `https`.
    public var scheme: String?
    public var host: (any ValueMatcher)?
    public var port: Int?
    /// By the names of a ``URLMatcher/template(_:)``.
    public var pathParameters: [NamedMatcher] = []
    public var query: [NamedMatcher] = []
    public var headers: [NamedMatcher] = []
    public var cookies: [NamedMatcher] = []
    public var form: [NamedMatcher] = []
    public var basicAuth: BasicCredentials?
    /// Each must match the body.
    public var body: [any ValueMatcher] = []
    public var multipart: [MultipartPattern] = []

    public init(methods: Methods = .any, url: URLMatcher = .any) {
        self.methods = methods
        self.url = url
    }

    /// `POST /charges`: what a person calls the route.
    public var shown: String {
        switch methods {
        case .any: "ANY \(url.shown)"
        case .oneOf(let names): "\(names.joined(separator: "|")) \(url.shown)"
        }
    }
}

/// What one part of a multipart body, or each of them, must be like.
public struct MultipartPattern: Sendable {
    public enum Quantifier: String, Sendable, CaseIterable {
        /// At least one part is so.
        case any = "ANY"
        /// Every part is so.
        case all = "ALL"
    }

    /// The part's name; any when `nil`.
    public var name: String?
    public var fileName: String?
    public var quantifier = Quantifier.any
    public var headers: [NamedMatcher] = []
    public var body: [any ValueMatcher] = []

    public init(name: String? = nil) { self.name = name }
}

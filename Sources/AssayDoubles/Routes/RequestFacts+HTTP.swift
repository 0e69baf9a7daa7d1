public import AssayFormats
public import AssayNet
internal import AssayWire

extension RequestFacts {
    /// The request as matchers look at it.
    public convenience init(_ request: HTTPRequest) {
        self.init(
            method: request.method, target: request.target,
            path: request.path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
                .map { percentDecoded($0) },
            query: queryPairs(request.query), header: { request.headers[$0] }, body: request.body,
            form: { queryPairs(String(decoding: request.body, as: UTF8.self)) })
    }
}

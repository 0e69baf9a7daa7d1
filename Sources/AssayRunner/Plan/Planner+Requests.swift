internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario
internal import AssayWire

extension HTTPSettings {
    /// How request bodies are packed.
    var coding: ContentCoding? { compress.flatMap { ContentCoding(named: $0) } }
}

/// How a request says who sends it.
struct PlannedLogin {
    /// Value of `Authorization`.
    var value: [TextSegment]?
    var digest: (user: [TextSegment], password: [TextSegment])?
    /// A wider setting's header of that name is not for this request.
    var replacesHeader = false
    /// An address that is computed may bring `user:password@`.
    var takesUserInfo = false
}

extension Planner {
    // MARK: who sends it

    /// The narrowest that says it: a header of the request, its `bearer` or `auth`, its address, then wider settings.
    func login(
        _ action: HTTPAction, _ own: HTTPSettings, _ userInfo: String?, _ names: NameTable
    ) -> PlannedLogin {
        if action.headers.contains(where: { $0.name.lowercased() == "authorization" }) {
            return PlannedLogin()
        }
        if let bearer = action.bearer { return login(.bearer(bearer), names) }
        if let authorization = own.authorization { return login(authorization, names) }
        if let userInfo {
            return PlannedLogin(value: [.bytes(basicCredentials(userInfo))], replacesHeader: true)
        }
        let isInHeaders = (action.settings.headers ?? []).contains { $0.name.lowercased() == "authorization" }
        var login =
            isInHeaders
            ? PlannedLogin() : action.settings.authorization.map { self.login($0, names) } ?? PlannedLogin()
        login.replacesHeader = false
        login.takesUserInfo = true
        return login
    }

    private func login(_ authorization: HTTPSettings.Authorization, _ names: NameTable) -> PlannedLogin {
        func text(_ template: Template) -> [TextSegment] { segments(fold(template, names), names) }
        var login = PlannedLogin(replacesHeader: true)
        switch authorization {
        case .none: break
        case .bearer(let token): login.value = [.bytes(Array("Bearer ".utf8))] + text(token)
        case .digest(let user, let password): login.digest = (text(user), text(password))
        case .basic(let user, let password):
            let pair = text(user) + [.bytes([UInt8(ascii: ":")])] + text(password)
            login.value =
                constant(pair).map { [.bytes(basicCredentials(Array($0)))] }
                ?? [.bytes(Array("Basic ".utf8)), .base64(pair)]
        }
        return login
    }

    // MARK: headers

    func headerLines(
        _ action: HTTPAction, _ login: PlannedLogin, _ body: PlannedHTTP.BodyPlan, _ names: NameTable
    ) -> [(name: String, value: [TextSegment])] {
        var lines = action.headers.map { ($0.name, segments(fold($0.value, names), names)) }
        func has(_ name: String) -> Bool { lines.contains { $0.0.lowercased() == name } }
        func add(_ name: String, _ value: String) { lines.append((name, [.bytes(Array(value.utf8))])) }
        for field in action.settings.headers ?? [] where !has(field.name.lowercased()) {
            if login.replacesHeader, field.name.lowercased() == "authorization" { continue }
            lines.append((field.name, segments(fold(field.value, names), names)))
        }
        if let value = login.value { lines.append(("Authorization", value)) }
        addCookies(action.cookies, to: &lines, names)
        if !has("content-type"), let type = body.contentType { add("Content-Type", type) }
        if body.isSome {
            if let coding = action.settings.coding, !has("content-encoding") {
                add("Content-Encoding", coding.rawValue)
            }
            if action.settings.expectsContinue ?? .zero > .zero, !has("expect") {
                add("Expect", "100-continue")
            }
        }
        if !has("user-agent") { add("User-Agent", "assay") }
        if !has("accept") { add("Accept", "*/*") }
        if let codings = action.settings.accepts, !codings.isEmpty, !has("accept-encoding") {
            add("Accept-Encoding", codings.joined(separator: ", "))
        }
        return lines.map { (name: $0.0, value: $0.1) }
    }

    /// One header holds all cookies of a request (RFC 6265bis §5.8.3).
    private func addCookies(
        _ cookies: [HTTPAction.Field], to lines: inout [(String, [TextSegment])], _ names: NameTable
    ) {
        guard !cookies.isEmpty else { return }
        var value: [TextSegment] = []
        let written = lines.firstIndex { $0.0.lowercased() == "cookie" }
        if let written { value = lines.remove(at: written).1 }
        for cookie in cookies {
            let lead = (value.isEmpty ? "" : "; ") + cookie.name + "="
            value.append(.bytes(Array(lead.utf8)))
            value += segments(fold(cookie.value, names), names)
        }
        lines.append(("Cookie", joined(value)))
    }

    // MARK: bodies

    func body(_ body: HTTPAction.Body, _ names: NameTable, boundary: String) -> PlannedHTTP.BodyPlan {
        func text(_ template: Template) -> [TextSegment] { segments(fold(template, names), names) }
        switch body {
        case .none: return .none
        case .json(let value):
            var segments: [BodySegment] = []
            append(fold(value, names), names, to: &segments)
            return .json(segments)
        case .text(let template): return .text(text(template))
        case .form(let fields): return .form(fields.map { (name: $0.name, value: text($0.value)) })
        case .file(let template): return .file(text(template))
        case .multipart(let parts):
            return .multipart(
                Multipart(boundary: boundary),
                parts.map { part in
                    var planned = PlannedHTTP.Part(name: text(part.name), content: [], isFile: false)
                    switch part.content {
                    case .text(let content): planned.content = text(content)
                    case .file(let path): (planned.content, planned.isFile) = (text(path), true)
                    }
                    planned.fileName = part.fileName.map(text)
                    planned.type = part.type.map(text)
                    return planned
                })
        }
    }

    /// The same for the same step in every run, and one that no text holds by chance: FNV-1a of where it stands.
    func boundary(of action: HTTPAction) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in "\(action.url.location) \(action.method) \(action.url.source)".utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        let digits = String(hash, radix: 16)
        return "assay-" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    // MARK: manner

    /// What makes of a request more than bytes that are answered; `nil` for those that are no more.
    func manner(
        _ action: HTTPAction, _ login: PlannedLogin, _ body: PlannedHTTP.BodyPlan, _ names: NameTable
    ) -> PlannedHTTP.Manner? {
        let settings = action.settings
        let redirects = settings.redirects.flatMap { $0.most > 0 ? $0 : nil }
        let waits = body.isSome ? settings.expectsContinue?.nanoseconds ?? 0 : 0
        let firstByte = settings.timeouts.firstByte?.nanoseconds ?? .max
        guard redirects != nil || login.digest != nil || waits > 0 || firstByte < .max || body.isStreamed
        else {
            return nil
        }
        return PlannedHTTP.Manner(
            redirects: redirects, digest: login.digest, continueNanoseconds: waits,
            firstByteNanoseconds: firstByte, streamsBody: body.isStreamed)
    }
}

/// `Basic YW5uOnNlY3JldA==`
func basicCredentials(_ pair: [UInt8]) -> [UInt8] { Array("Basic \(Crypto.base64(pair))".utf8) }

/// The same of what stands before the `@` of a URL.
func basicCredentials(_ userInfo: String) -> [UInt8] {
    let user = userInfo.prefix { $0 != ":" }
    let password = userInfo.dropFirst(user.count + 1)
    return basicCredentials(Array("\(percentDecoded(user)):\(percentDecoded(password))".utf8))
}

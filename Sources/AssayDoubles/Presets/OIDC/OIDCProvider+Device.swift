internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// Devices without a browser. Source: RFC 8628.
extension OIDCProvider {
    /// Seconds.
    private static let (lifetime, interval): (Int64, Int64) = (600, 5)

    mutating func beginDevice(_ request: HTTPRequest) -> IdentityAnswer {
        do throws(OAuthError) {
            let (client, form) = try authenticated(request)
            guard settings.options.grants.contains(.deviceCode), client.grants.contains(.deviceCode) else {
                throw OAuthError(.unauthorizedClient, "client '\(client.id)' may not use device_code")
            }
            let scopes = try scopes(form["scope"], of: client)
            let (code, userCode) = (random.text(), self.userCode())
            let expires = now + Self.lifetime * 1000
            // Kept longer, to say that it has lapsed.
            guard
                devices.insert(
                    Device(client: client.id, scopes: scopes, expires: expires), for: code,
                    until: expires + Self.lifetime * 1000, at: now),
                userCodes.insert(code, for: userCode, until: expires, at: now)
            else {
                throw OAuthError(
                    .temporarilyUnavailable,
                    "the double holds \(devices.capacity) devices that wait: reset it")
            }
            return .json(
                200,
                [
                    "device_code": .string(code), "user_code": .string(userCode),
                    "verification_uri": .string(url + "/device"),
                    "verification_uri_complete": .string(url + "/device?user_code=" + userCode),
                    "expires_in": .int(Self.lifetime), "interval": .int(Self.interval),
                ], headers: [("Cache-Control", "no-store")])
        } catch {
            return refused(error, challenged: request.headers.contains("authorization"))
        }
    }

    /// Eight consonants, which are no word and are hard to mistake (RFC 8628 §6.1).
    private mutating func userCode() -> String {
        let letters = Array("BCDFGHJKLMNPQRSTVWXZ")
        let code = (0..<8).map { _ in letters[random.integer(in: 0...(letters.count - 1))] }
        return String(code[..<4]) + "-" + String(code[4...])
    }

    /// `POST /device`: somebody allows or denies what a device asks for.
    mutating func decideDevice(_ request: HTTPRequest) -> IdentityAnswer {
        let form = request.form
        let typed = (form["user_code"] ?? "").uppercased()
        guard let code = userCodes[typed, at: now], var device = devices[code, at: now] else {
            return .page(
                404, OIDCPages.device(typed, problem: "No device shows this code, or it has lapsed."))
        }
        if form["deny"] != nil {
            device.state = .denied
        } else {
            let isAutomatic = settings.options.login == .automatic && form["username"] == nil
            let automatic = (settings.options.user.flatMap { users[$0] } ?? settings.users.first)?.username
            if isAutomatic, let name = automatic {
                device.state = .approved(Login(user: name, at: seconds, methods: ["pwd"]))
            } else {
                switch check(form["username"] ?? "", password: form["password"], code: form["code"]) {
                case .accepted(let login): device.state = .approved(login)
                case .needsCode:
                    return .page(401, OIDCPages.device(typed, problem: "A one-time code is wanted."))
                case .refused(let reason): return .page(401, OIDCPages.device(typed, problem: reason))
                }
            }
        }
        devices[code, at: now] = device
        userCodes[typed, at: now] = nil
        return .page(200, OIDCPages.message("Done; go back to your device"))
    }

    /// Source: RFC 8628 §3.5.
    mutating func pollDevice(
        _ form: Parameters, _ client: OIDCSettings.Client
    ) throws(OAuthError) -> IdentityAnswer {
        guard let code = form["device_code"] else {
            throw OAuthError(.invalidRequest, "device_code is missing")
        }
        guard var device = devices[code, at: now], device.client == client.id else {
            throw OAuthError(.invalidGrant, "there is no such device_code of client '\(client.id)'")
        }
        guard now < device.expires else { throw OAuthError(.expiredToken, "the device_code has lapsed") }
        switch device.state {
        case .pending:
            let isHasty = device.polled.map { now - $0 < Self.interval * 1000 } ?? false
            device.polled = now
            devices[code, at: now] = device
            throw isHasty
                ? OAuthError(.slowDown, "ask every \(Self.interval) s at most")
                : OAuthError(.authorizationPending, "nobody has decided yet")
        case .denied:
            devices[code, at: now] = nil
            throw OAuthError(.accessDenied, "the user denied it")
        case .approved(let login):
            devices[code, at: now] = nil
            let grant = Grant(client: client.id, scopes: device.scopes, login: login)
            return try tokens(grant, family: try newFamily(grant), nonce: nil)
        }
    }
}

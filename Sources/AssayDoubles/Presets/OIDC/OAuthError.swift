/// An error as OAuth 2.0 names them. Source: RFC 6749 §4.1.2.1, §5.2 and its extensions.
struct OAuthError: Error, Equatable {
    enum Code: String, CaseIterable {
        case invalidRequest = "invalid_request"
        case invalidClient = "invalid_client"
        case invalidGrant = "invalid_grant"
        case unauthorizedClient = "unauthorized_client"
        case unsupportedGrantType = "unsupported_grant_type"
        case invalidScope = "invalid_scope"
        case accessDenied = "access_denied"
        case unsupportedResponseType = "unsupported_response_type"
        case serverError = "server_error"
        case temporarilyUnavailable = "temporarily_unavailable"
        // OpenID Connect Core §3.1.2.6
        case interactionRequired = "interaction_required"
        case loginRequired = "login_required"
        case consentRequired = "consent_required"
        case accountSelectionRequired = "account_selection_required"
        case requestNotSupported = "request_not_supported"
        case requestURINotSupported = "request_uri_not_supported"
        case registrationNotSupported = "registration_not_supported"
        // RFC 8628 §3.5
        case authorizationPending = "authorization_pending"
        case slowDown = "slow_down"
        case expiredToken = "expired_token"
        // RFC 6750 §3.1
        case invalidToken = "invalid_token"
        case insufficientScope = "insufficient_scope"
    }

    var code: Code
    var description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        // RFC 6749 §5.2: printable ASCII without the quote and the backslash.
        self.description = String(
            description.unicodeScalars.map {
                (0x20...0x7E).contains($0.value) && $0 != "\"" && $0 != "\\" ? Character($0) : "?"
            })
    }

    /// As the token endpoint answers it.
    var status: Int {
        switch code {
        case .invalidClient, .invalidToken: 401
        case .serverError: 500
        case .temporarilyUnavailable: 503
        case .insufficientScope: 403
        default: 400
        }
    }
}

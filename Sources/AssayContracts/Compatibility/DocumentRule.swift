/// What can change in an OpenAPI document outside its schemas.
enum DocumentRule: String, CaseIterable, Sendable {
    case pathRemoved = "path-removed-without-deprecation"
    case operationRemoved = "operation-removed-without-deprecation"
    case operationRemovedBeforeSunset = "operation-removed-before-sunset"
    case operationRemovedAfterDeprecation = "operation-removed-after-deprecation"
    case operationAdded = "operation-added"
    case operationDeprecated = "operation-deprecated"
    case operationNoLongerDeprecated = "operation-no-longer-deprecated"
    case operationIDChanged = "operation-id-changed"
    case sunsetBroughtForward = "sunset-brought-forward"
    case requiredParameterAdded = "request-required-parameter-added"
    case parameterAdded = "request-parameter-added"
    case parameterRemoved = "request-parameter-removed"
    case parameterBecameRequired = "request-parameter-became-required"
    case parameterBecameOptional = "request-parameter-became-optional"
    case parameterStyleChanged = "request-parameter-style-changed"
    case parameterDeprecated = "request-parameter-deprecated"
    case requiredBodyAdded = "request-required-body-added"
    case bodyAdded = "request-body-added"
    case bodyRemoved = "request-body-removed"
    case bodyBecameRequired = "request-body-became-required"
    case bodyBecameOptional = "request-body-became-optional"
    case requestMediaTypeRemoved = "request-media-type-removed"
    case requestMediaTypeAdded = "request-media-type-added"
    case successStatusRemoved = "response-success-status-removed"
    case statusRemoved = "response-status-removed"
    case statusAdded = "response-status-added"
    case responseMediaTypeRemoved = "response-media-type-removed"
    case responseMediaTypeAdded = "response-media-type-added"
    case requiredHeaderRemoved = "response-required-header-removed"
    case headerRemoved = "response-header-removed"
    case headerBecameOptional = "response-header-became-optional"
    case headerBecameRequired = "response-header-became-required"
    case headerAdded = "response-header-added"
    case securityAdded = "security-added"
    case securityRemoved = "security-removed"
    case securityAlternativeRemoved = "security-alternative-removed"
    case securityAlternativeAdded = "security-alternative-added"
    case scopeAdded = "security-scope-added"
    case scopeRemoved = "security-scope-removed"
    case securitySchemeChanged = "security-scheme-changed"
    case serverRemoved = "server-removed"
    case serverAdded = "server-added"
    case webhookRemoved = "webhook-removed"
    case webhookAdded = "webhook-added"
    case documentRemoved = "document-removed"
    case documentAdded = "document-added"

    /// Level, what happened with `{name}`, `{old}` and `{new}`, and why it breaks whom (empty when it does not).
    var row: (level: CompatibilityLevel, says: String, why: String) {
        switch self {
        case .pathRemoved:
            (.error, "the whole path was removed, and was not deprecated", "consumers that call it get 404")
        case .operationRemoved:
            (
                .error, "the operation was removed, and was not deprecated",
                "consumers that call it get 404 or 405"
            )
        case .operationRemovedBeforeSunset:
            (
                .error, "the operation was removed before its sunset, {old}",
                "consumers were told that they can call it until then"
            )
        case .operationRemovedAfterDeprecation:
            (.info, "the operation, which was deprecated, was removed", "")
        case .operationAdded: (.info, "the operation was added", "")
        case .operationDeprecated: (.info, "the operation is deprecated now", "")
        case .operationNoLongerDeprecated: (.info, "the operation is deprecated no longer", "")
        case .operationIDChanged:
            (
                .warning, "operationId was {old} and is {new}",
                "generated clients call a function of the old name"
            )
        case .sunsetBroughtForward:
            (.warning, "the sunset was {old} and is {new}", "consumers have less time than they were told")
        case .requiredParameterAdded:
            (.error, "required parameter '{name}' was added", "consumers that do not send it are refused")
        case .parameterAdded: (.info, "optional parameter '{name}' was added", "")
        case .parameterRemoved:
            (.warning, "parameter '{name}' was removed", "what consumers send there is not read any more")
        case .parameterBecameRequired:
            (.error, "parameter '{name}' became required", "consumers that leave it out are refused")
        case .parameterBecameOptional: (.info, "parameter '{name}' became optional", "")
        case .parameterStyleChanged:
            (
                .error, "parameter '{name}' was written as {old} and is as {new}",
                "what consumers send is read as something else"
            )
        case .parameterDeprecated: (.info, "parameter '{name}' is deprecated now", "")
        case .requiredBodyAdded:
            (.error, "a required body was added", "consumers that send none are refused")
        case .bodyAdded: (.info, "an optional body was added", "")
        case .bodyRemoved: (.warning, "the body was removed", "what consumers send is not read any more")
        case .bodyBecameRequired:
            (.error, "the body became required", "consumers that send none are refused")
        case .bodyBecameOptional: (.info, "the body became optional", "")
        case .requestMediaTypeRemoved:
            (.error, "media type {name} was removed", "consumers that send it are refused")
        case .requestMediaTypeAdded: (.info, "media type {name} was added", "")
        case .successStatusRemoved:
            (.error, "success status {name} was removed", "consumers that wait for it do not get it")
        case .statusRemoved:
            (.warning, "status {name} was removed", "consumers that handle it get something else")
        case .statusAdded:
            (.warning, "status {name} was added", "consumers meet a status that they were not told of")
        case .responseMediaTypeRemoved:
            (
                .error, "media type {name} was removed",
                "consumers that accept only it get nothing they can read"
            )
        case .responseMediaTypeAdded: (.info, "media type {name} was added", "")
        case .requiredHeaderRemoved:
            (.error, "required header '{name}' was removed", "consumers that rely on it do not find it")
        case .headerRemoved:
            (.warning, "header '{name}' was removed", "consumers that use it do not find it")
        case .headerBecameOptional:
            (.error, "header '{name}' became optional", "consumers that rely on it may not find it")
        case .headerBecameRequired: (.info, "header '{name}' became required", "")
        case .headerAdded: (.info, "header '{name}' was added", "")
        case .securityAdded:
            (.error, "{new} is asked for now", "consumers that do not authenticate are refused")
        case .securityRemoved: (.info, "{old} is not asked for any more", "")
        case .securityAlternativeRemoved:
            (.error, "{old} is not enough any more", "consumers that authenticate that way are refused")
        case .securityAlternativeAdded: (.info, "{new} is enough as well now", "")
        case .scopeAdded:
            (.error, "scope {name} of '{old}' is asked for now", "consumers whose tokens lack it are refused")
        case .scopeRemoved: (.info, "scope {name} of '{old}' is not asked for any more", "")
        case .securitySchemeChanged:
            (
                .error, "'{name}' was {old} and is {new}",
                "what consumers authenticate with is not looked at any more"
            )
        case .serverRemoved:
            (.warning, "server {name} was removed", "consumers that call it may find nobody there")
        case .serverAdded: (.info, "server {name} was added", "")
        case .webhookRemoved:
            (.warning, "the webhook was removed", "consumers that wait for it are not told any more")
        case .webhookAdded: (.info, "the webhook was added", "")
        case .documentRemoved:
            (.warning, "the file was removed", "who keeps to it finds it nowhere, nor what it becomes")
        case .documentAdded: (.info, "the file is new", "")
        }
    }

    var side: CompatibilityFinding.Side {
        if rawValue.hasPrefix("request-") { return .request }
        if rawValue.hasPrefix("response-") { return .response }
        return .none
    }
}

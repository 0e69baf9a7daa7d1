internal import AssayCore

/// Which entries of an archive become steps, and why the others do not.
struct HARSelection {
    /// Why an entry is left out, as the summary counts it.
    enum Reason: String, CaseIterable {
        case asset = "static assets"
        case thirdParty = "requests to third parties"
        case preflight = "preflight requests of the browser"
        case local = "addresses of the browser itself (data:, blob:)"
        case webSocket = "WebSockets"
        case unanswered = "requests that were never answered"
    }

    private(set) var kept: [(entry: HARFile.Entry, address: WebAddress)] = []
    private(set) var counts: [Reason: Int] = [:]
    /// Hosts that were left out, with how many requests each.
    private(set) var foreign: [String: Int] = [:]

    /// - Parameters:
    ///   - hosts: hosts that are wanted besides the site of the first page.
    ///   - includesAssets: images, styles, scripts and fonts too.
    init(_ file: HARFile, hosts: Set<String>, includesAssets: Bool) {
        let sites = Self.firstSites(file)
        for entry in file.entries {
            guard let address = WebAddress(entry.url) else {
                counts[entry.url.lowercased().hasPrefix("ws") ? .webSocket : .local, default: 0] += 1
                continue
            }
            let reason: Reason? =
                if entry.resource == "websocket" {
                    .webSocket
                } else if !sites.contains(address.site), !hosts.contains(address.host),
                    !hosts.contains(address.authority)
                {
                    .thirdParty
                } else if Self.isPreflight(entry) {
                    .preflight
                } else if !includesAssets, Self.isAsset(entry, address) {
                    .asset
                } else if entry.answer == nil {
                    .unanswered
                } else {
                    nil
                }
            if let reason {
                counts[reason, default: 0] += 1
                if reason == .thirdParty { foreign[address.host, default: 0] += 1 }
            } else {
                kept.append((entry, address))
            }
        }
    }

    /// Lines for the summary, in one order.
    var lines: [String] {
        Reason.allCases.compactMap { reason in
            guard let count = counts[reason] else { return nil }
            var line = "left out: \(count) \(reason.rawValue)"
            if reason == .thirdParty {
                let hosts = foreign.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
                line += " (" + hosts.prefix(5).joined(separator: ", ") + (hosts.count > 5 ? ", …" : "") + ")"
            }
            return line
        }
    }

    /// The site of the first document, else of the first request.
    private static func firstSites(_ file: HARFile) -> Set<String> {
        let addresses = file.entries.compactMap { entry in WebAddress(entry.url).map { (entry, $0) } }
        let document = addresses.first { entry, _ in
            entry.resource == "document" || entry.answer?.type.hasPrefix("text/html") == true
        }
        return Set([(document ?? addresses.first)?.1.site].compactMap(\.self))
    }

    private static func isPreflight(_ entry: HARFile.Entry) -> Bool {
        entry.resource == "preflight"
            || entry.method == "OPTIONS"
                && entry.headers.contains { $0.name.lowercased() == "access-control-request-method" }
    }

    private static let assetResources: Set<String> = [
        "stylesheet", "image", "font", "media", "script", "manifest", "texttrack", "imageset", "ping",
        "csp-violation-report",
    ]
    private static let assetEndings: Set<String> = [
        "css", "js", "mjs", "map", "png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "ico", "woff", "woff2",
        "ttf",
        "otf", "eot", "mp4", "webm", "mp3", "ogg", "wav", "webmanifest",
    ]
    private static let assetTypes = [
        "image/", "font/", "audio/", "video/", "text/css", "text/javascript", "application/javascript",
        "application/x-javascript", "application/font", "application/manifest",
    ]

    private static func isAsset(_ entry: HARFile.Entry, _ address: WebAddress) -> Bool {
        guard entry.method == "GET" || entry.method == "HEAD" || entry.resource == "ping" else {
            return false
        }
        if let resource = entry.resource {
            if assetResources.contains(resource) { return true }
            // What the browser says a script asked for is no asset, whatever it is called.
            if resource == "xhr" || resource == "fetch" || resource == "document" { return false }
        }
        if let type = entry.answer?.type, assetTypes.contains(where: type.hasPrefix) { return true }
        guard let name = address.path.split(separator: "/").last, let dot = name.lastIndex(of: ".") else {
            return false
        }
        return assetEndings.contains(name[name.index(after: dot)...].lowercased())
    }
}

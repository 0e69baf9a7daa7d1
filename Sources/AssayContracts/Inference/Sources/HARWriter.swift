internal import AssayFormats

/// Writes HTTP archives entry by entry, so that a recording can grow as long as its disk. Source: HAR 1.2.
public enum HARWriter {
    /// What stands in front of the first entry.
    ///
    /// - Parameter version: of the program that writes.
    public static func head(version: String) -> String {
        let creator = JSON.object(["name": "assay", "version": .string(version)]).rendered()
        return "{\"log\":{\"version\":\"1.2\",\"creator\":\(creator),\"entries\":["
    }

    /// What closes the archive.
    public static let tail = "\n]}}\n"

    /// Of a longer body only the size is written.
    public static let bodyLimitBytes = 1 << 20

    /// One entry, without secrets: credentials, cookies and members whose names say so are masked.
    ///
    /// - Parameters:
    ///   - origin: `http://127.0.0.1:40131`, without a slash at its end.
    ///   - milliseconds: when it began, since 1970, UTC.
    ///   - duration: until the answer's last byte, milliseconds.
    public static func entry(
        _ exchange: ContractExchange, origin: String, startedAt milliseconds: Int64, duration: Double
    ) -> String {
        let secrets = Credential.all(of: exchange.request).reduce(into: Set<String>()) {
            $0.formUnion($1.secrets)
        }
        let masking = SecretMasking(secrets)
        let request = exchange.request
        let query = request.query.map { self.query($0, masking) }
        let url = origin + masking.masked(request.path) + (query.map { "?" + $0 } ?? "")
        var sent: JSONObject = [
            "method": .string(request.method), "url": .string(url), "httpVersion": "HTTP/1.1", "cookies": [],
            "headers": headers(request.headers, masking),
            "queryString": .array(
                URLText.fields(query ?? "").map { ["name": .string($0.name), "value": .string($0.value)] }),
            "headersSize": -1, "bodySize": .int(Int64(request.body?.count ?? 0)),
        ]
        if let body = request.body, !body.isEmpty {
            let type = request.header("Content-Type") ?? ""
            let isForm = type.lowercased().hasPrefix("application/x-www-form-urlencoded")
            let text =
                isForm ? self.query(String(decoding: body, as: UTF8.self), masking) : masked(body, masking)
            sent["postData"] =
                body.count > bodyLimitBytes
                ? ["mimeType": .string(type)] : ["mimeType": .string(type), "text": .string(text)]
        }
        let entry: JSON = [
            "startedDateTime": .string(CivilTime(milliseconds: milliseconds).text), "time": .double(duration),
            "request": .object(sent), "response": answer(exchange.response, masking), "cache": [:],
            "timings": ["send": 0, "wait": .double(duration), "receive": 0],
        ]
        return entry.rendered()
    }

    private static func answer(_ response: ContractExchange.Response?, _ masking: SecretMasking) -> JSON {
        let body = response?.body ?? []
        var content: JSONObject = [
            "size": .int(Int64(body.count)), "mimeType": .string(response?.header("Content-Type") ?? ""),
        ]
        if !body.isEmpty, body.count <= bodyLimitBytes {
            if String(validating: body, as: UTF8.self) != nil {
                content["text"] = .string(masked(body, masking))
            } else {
                content["text"] = .string(Base64.standard.encode(body))
                content["encoding"] = "base64"
            }
        }
        return [
            "status": .int(Int64(response?.status ?? 0)), "statusText": .string(""),
            "httpVersion": "HTTP/1.1",
            "cookies": [], "headers": headers(response?.headers ?? [], masking), "content": .object(content),
            "redirectURL": "", "headersSize": -1, "bodySize": .int(Int64(body.count)),
        ]
    }

    private static func headers(_ headers: [ContractExchange.Header], _ masking: SecretMasking) -> JSON {
        .array(headers.map { ["name": .string($0.name), "value": .string(value(of: $0, masking))] })
    }

    /// A scheme and a cookie's name are kept: they say how somebody authenticates.
    private static func value(of header: ContractExchange.Header, _ masking: SecretMasking) -> String {
        switch header.name.lowercased() {
        case "authorization", "proxy-authorization":
            let scheme = header.value.prefix { $0 != " " }
            return scheme.count < header.value.count ? "\(scheme) \(SecretWords.mask)" : SecretWords.mask
        case "cookie":
            return header.value.split(separator: ";").map { cookie in
                cookie.prefix { $0 != "=" } + "=" + SecretWords.mask
            }.joined(separator: ";")
        case "set-cookie": return header.value.prefix { $0 != "=" } + "=" + SecretWords.mask
        default:
            return SecretWords.isSecret(header.name) ? SecretWords.mask : masking.masked(header.value)
        }
    }

    /// A query or form with the values of secret names masked, and everything else as it was sent.
    private static func query(_ text: String, _ masking: SecretMasking) -> String {
        masking.masked(
            text.split(separator: "&", omittingEmptySubsequences: false).map { part -> String in
                let name = part.prefix { $0 != "=" }
                guard name.count < part.count, SecretWords.isSecret(URLText.decoded(name)) else {
                    return String(part)
                }
                return name + "=" + SecretWords.mask
            }.joined(separator: "&"))
    }

    private static func masked(_ body: [UInt8], _ masking: SecretMasking) -> String {
        if let json = try? JSON(parsing: body), json.objectValue != nil || json.arrayValue != nil {
            let masked = masking.masked(json)
            // What holds no secret stays byte for byte.
            if masked != json { return masked.rendered() }
        }
        return masking.masked(String(decoding: body, as: UTF8.self))
    }
}

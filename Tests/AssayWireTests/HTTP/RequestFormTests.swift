import AssayWire
import Testing

@Suite("Challenges, parts and curl")
struct RequestFormTests {
    @Test("Challenges are told apart, whatever stands between their commas") func challenges() {
        let all = AuthChallenge.all(
            in:
                #"Basic realm="a, b", Negotiate, NTLM abc==, Digest realm="x \"y\"", nonce=n1, qop="auth,auth-int""#
        )
        #expect(all.map(\.scheme) == ["basic", "negotiate", "ntlm", "digest"])
        #expect(all[0]["realm"] == "a, b")
        #expect(all[3]["realm"] == #"x "y""#)
        #expect(all[3]["nonce"] == "n1")
        #expect(all[3]["qop"] == "auth,auth-int")
        #expect(AuthChallenge.all(in: "").isEmpty)
        #expect(AuthChallenge.all(in: #"Digest realm="open"#).first?["realm"] == nil)
    }

    @Test("A multipart body is as RFC 7578 has it, with names that cannot break it") func multipart() {
        let form = Multipart(boundary: "B")
        var body = form.head(isFirst: true, name: "a\"\r\nX: y")
        body += "1".utf8
        body += form.head(isFirst: false, name: "f", fileName: "ü.png", type: "image/png")
        body += "2".utf8
        body += form.end
        #expect(form.contentType == "multipart/form-data; boundary=B")
        #expect(
            String(decoding: body, as: UTF8.self)
                == "--B\r\nContent-Disposition: form-data; name=\"a%22%0D%0AX: y\"\r\n\r\n1"
                + "\r\n--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"ü.png\"\r\n"
                + "Content-Type: image/png\r\n\r\n2\r\n--B--\r\n")
    }

    @Test(
        "A file's ending stands for its type",
        arguments: [
            ("a/b.JSON", "application/json"), ("x.tar.gz", "application/gzip"),
            ("noend", "application/octet-stream"),
            ("dir.d/noend", "application/octet-stream"), ("p.png", "image/png"),
        ])
    func types(_ path: String, _ type: String) { #expect(mediaType(ofFile: path) == type) }

    @Test("curl is told of redirects, digest, parts and files as they are") func curl() {
        var options = CurlOptions()
        options.redirects = 5
        options.keepsCookies = true
        options.digest = "ann:it's"
        #expect(
            curlCommand(
                method: "POST", url: "http://h/x", headers: [("Authorization", "Digest …"), ("X-A", "b")],
                body: [], options: options)
                == #"curl -i --data-raw '' -L --max-redirs 5 -b '' --digest -u 'ann:it'\''s' -H 'X-A: b' 'http://h/x'"#
        )
        options = CurlOptions()
        options.unpacks = true
        options.body = .parts([
            .init(name: "t", content: "a\"b;c", isFile: false),
            .init(name: "f", content: "/tmp/a.png", isFile: true, fileName: "x.png", type: "image/png"),
        ])
        #expect(
            curlCommand(
                method: "POST", url: "http://h/x",
                headers: [("Content-Type", "multipart/form-data; boundary=B")],
                body: [], options: options)
                == #"curl -i -X POST --compressed -F 't="a\"b;c"' -F 'f=@"/tmp/a.png";filename="x.png";type=image/png' 'http://h/x'"#
        )
        options.body = .file("/tmp/big", packed: "gzip")
        options.unpacks = false
        #expect(
            curlCommand(
                method: "PUT", url: "http://h/x", headers: [("Content-Type", "a/b")], body: [],
                options: options)
                == "gzip -c '/tmp/big' | curl -i -X PUT -H 'Content-Type: a/b' --data-binary @- 'http://h/x'")
    }
}

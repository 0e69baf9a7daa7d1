import AssayWire
import Testing

@Suite("Content encodings")
struct ContentTests {
    static let text = Array(String(repeating: "every body needs somebody; ", count: 5_000).utf8)

    @Test("what is packed comes out as it was", arguments: ContentCoding.allCases, [0, 1, 100, 135_000])
    func roundTrip(_ coding: ContentCoding, count: Int) throws {
        let body = Array(Self.text.prefix(count))
        let packed = try encodeContent(body, as: coding)
        #expect(try decodeContent(packed, encoding: coding.rawValue, limitBytes: count) == body)
    }

    @Test("a body that no call packed comes out too: gzip's own, and bare DEFLATE under deflate's name")
    func foreign() throws {
        // printf hello | gzip -n
        let gzip: [UInt8] = [
            0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 7, 0, 0x86, 0xA6, 0x10, 0x36, 5,
            0, 0, 0,
        ]
        #expect(try decodeContent(gzip, encoding: "X-GZip", limitBytes: 5) == Array("hello".utf8))
        #expect(
            try decodeContent(Array(gzip[10..<17]), encoding: "deflate", limitBytes: 5) == Array("hello".utf8)
        )
        #expect(try decodeContent([3, 0], encoding: "deflate", limitBytes: 0).isEmpty)
    }

    @Test("gzip members in a row are one body")
    func members() throws {
        let packed =
            try encodeContent(Array("one ".utf8), as: .gzip) + encodeContent(Array("two".utf8), as: .gzip)
        #expect(try decodeContent(packed, encoding: "gzip", limitBytes: 7) == Array("one two".utf8))
    }

    @Test("frames of Zstandard in a row are one body, and a window beyond 8 MiB is refused")
    func frames() throws {
        let packed =
            try encodeContent(Array("one ".utf8), as: .zstd) + encodeContent(Array("two".utf8), as: .zstd)
        #expect(try decodeContent(packed, encoding: "zstd", limitBytes: 7) == Array("one two".utf8))
        // A frame's head with a window of 16 MiB (RFC 8878 §3.1.1.1.2).
        #expect(throws: ContentError.self) {
            try decodeContent(
                [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x70, 1, 0, 0], encoding: "zstd", limitBytes: 100)
        }
    }

    @Test("a body packed in pieces comes out whole", arguments: ContentCoding.allCases, [1, 1000, 100_000])
    func packedInPieces(_ coding: ContentCoding, size: Int) throws {
        let body = Self.text.prefix(size == 1 ? 300 : 135_000)
        let encoder = try ContentEncoder(coding)
        var packed: [UInt8] = []
        for start in stride(from: 0, to: body.count, by: size) {
            try encoder.encode(Array(body[start..<min(start + size, body.count)]), into: &packed)
        }
        try encoder.finish(into: &packed)
        #expect(try decodeContent(packed, encoding: coding.rawValue, limitBytes: body.count) == Array(body))
    }

    @Test("encodings on top of one another come off in reverse")
    func stacked() throws {
        let packed = try encodeContent(encodeContent(Self.text, as: .deflate), as: .gzip)
        #expect(try decodeContent(packed, encoding: "deflate, \tgzip", limitBytes: 1 << 20) == Self.text)
        #expect(throws: ContentError.tooManyEncodings(limit: 4)) {
            try decodeContent([1], encoding: "gzip,gzip,gzip,gzip,gzip", limitBytes: 1)
        }
    }

    @Test(
        "a body in pieces of any size is the body in one",
        arguments: ContentCoding.allCases)
    func pieces(_ coding: ContentCoding) throws {
        let packed = try encodeContent(Self.text, as: coding)
        for size in [1, 2, 3, 1000] {
            var decoder = ContentDecoder(coding, limitBytes: Self.text.count)
            var output: [UInt8] = []
            for start in stride(from: 0, to: packed.count, by: size) {
                try unsafe decoder.decode(
                    packed.span.bytes.extracting(start..<min(start + size, packed.count)), into: &output)
            }
            try decoder.finish()
            #expect(output == Self.text)
        }
    }

    @Test("what comes out is bounded, however small what goes in", arguments: ContentCoding.allCases)
    func bomb(_ coding: ContentCoding) throws {
        let packed = try encodeContent([UInt8](repeating: 0, count: 10_000_000), as: coding, level: 9)
        for limit in [0, 1, 32 * 1024, 9_999_999] {
            var decoder = ContentDecoder(coding, limitBytes: limit)
            var output: [UInt8] = []
            #expect(throws: ContentError.tooLarge(limit: limit)) {
                try unsafe decoder.decode(packed.span.bytes, into: &output)
            }
            #expect(output.count == limit)
        }
    }

    @Test("a body of no bytes is empty, whatever its encoding says")
    func empty() throws {
        for coding in ContentCoding.allCases {
            #expect(try decodeContent([], encoding: coding.rawValue, limitBytes: 0).isEmpty)
        }
    }

    @Test("data cut off anywhere are called so", arguments: [ContentCoding.gzip, .deflate, .br, .zstd])
    func truncated(_ coding: ContentCoding) throws {
        let packed = try encodeContent(Array("hello hello hello".utf8), as: coding)
        for count in 1..<packed.count {
            #expect(throws: ContentError.truncated(coding, at: count)) {
                try decodeContent(Array(packed.prefix(count)), encoding: coding.rawValue, limitBytes: 100)
            }
        }
    }

    @Test("damaged data, foreign data and what follows the end each have their name")
    func damaged() throws {
        func failure(_ bytes: [UInt8], _ encoding: String) -> ContentError? {
            do throws(ContentError) {
                _ = try decodeContent(bytes, encoding: encoding, limitBytes: 1000)
                return nil
            } catch { return error }
        }
        let hello = Array("hello hello hello".utf8)
        let gzip = try encodeContent(hello, as: .gzip), deflate = try encodeContent(hello, as: .deflate)
        #expect(failure(Array("{\"a\":1}".utf8), "gzip") == .notGzip(at: 0, byte: 0x7B))
        #expect(failure(gzip + [0, 0], "gzip") == .notGzip(at: gzip.count, byte: 0))
        #expect(failure(deflate + [1], "deflate") == .trailingBytes(.deflate, at: deflate.count))
        #expect(failure(gzip, "compress") == .unknownEncoding("compress"))
        let brotli = try encodeContent(hello, as: .br), zstd = try encodeContent(hello, as: .zstd)
        #expect(failure(brotli + [1], "br") == .trailingBytes(.br, at: brotli.count))
        guard case .corrupt(.br, _, _)? = failure([0xFF, 0xFF, 0xFF], "br"),
            case .corrupt(.zstd, _, let unknown)? = failure(gzip, "zstd"),
            case .corrupt(.zstd, _, _)? = failure(zstd + [1, 2, 3, 4], "zstd")
        else {
            Issue.record("expected damaged bodies")
            return
        }
        #expect(unknown == "Unknown frame descriptor")
        var wrong = gzip
        wrong[gzip.count - 8] ^= 1  // the checksum
        guard case .corrupt(.gzip, _, let reason)? = failure(wrong, "gzip") else {
            Issue.record("expected a damaged body, got \(String(describing: failure(wrong, "gzip")))")
            return
        }
        #expect(reason == "incorrect data check")
        // A preset dictionary (RFC 1950 §2.2), which HTTP knows nothing of.
        #expect(failure([0x78, 0xBB, 0, 0, 0, 1, 0], "deflate")?.description.contains("dictionary") == true)
    }

    @Test("an error says what was expected and what came")
    func sentences() {
        let cases: [(ContentError, String)] = [
            (
                .unknownEncoding("lzw"),
                "expected gzip, deflate, br, zstd or identity as the content encoding, got 'lzw'"
            ),
            (
                .notGzip(at: 0, byte: 0x7B),
                "expected gzip data, which begin with 1F 8B, but the body begins otherwise, with '{'"
            ),
            (.truncated(.gzip, at: 12), "the gzip data are cut off after byte 12"),
            (.tooLarge(limit: 10), "unpacked, the body is longer than 10 bytes"),
        ]
        for (error, sentence) in cases { #expect(error.description == sentence) }
    }
}

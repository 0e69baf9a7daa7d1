internal import AssayFormats

/// What holds for every stub: `/__admin/settings`.
public struct StubSettings: Sendable, Equatable {
    public var fixedDelayMilliseconds: Int?
    public var delayDistribution: StubResponse.DelayDistribution?

    public init() {}

    /// Reads a settings document; WireMock's other settings are taken without effect.
    init(_ node: MappingNode, _ reading: MappingReading) {
        reading.unknown(
            in: node,
            known: ["fixedDelay", "delayDistribution", "extended", "proxyPassThrough", "preserveHostHeader"])
        fixedDelayMilliseconds = node["fixedDelay"].flatMap {
            reading.whole($0, in: 0...MappingReading.maxDelay)
        }
        delayDistribution = node["delayDistribution"].flatMap { reading.distribution($0) }
    }

    var json: JSON {
        var object = JSONObject()
        if let fixedDelayMilliseconds { object["fixedDelay"] = .int(Int64(fixedDelayMilliseconds)) }
        if let delayDistribution { object["delayDistribution"] = delayDistribution.json }
        return .object(object)
    }
}

import AssayFormats

extension ScenarioFile {
    func csvRows(_ bytes: [UInt8], _ node: YAMLNode, _ path: String) -> [JSONObject]? { [] }
}

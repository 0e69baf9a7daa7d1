enum JslibModule {
    static let summary = NativeModule("assay:summary", [])
}

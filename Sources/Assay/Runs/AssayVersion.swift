/// The version of this build.
public enum AssayVersion {
    public static let text = "0.1.0"
}

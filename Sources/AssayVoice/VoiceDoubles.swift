/// The doubles of this module.
public enum VoiceDoubles {
    /// Lets every file that is read from now on name them; once more does no harm.
    public static func connect() {}
}

/// Time in milliseconds, which tests can move. Used on its reactor's thread only.
final class Clock {
    private let real: () -> Int64
    private var ahead: Int64 = 0

    init(_ real: @escaping () -> Int64) { self.real = real }

    var now: Int64 { real() + ahead }

    /// Lets so many milliseconds pass at once.
    func travel(_ milliseconds: Int64) { ahead += milliseconds }
}

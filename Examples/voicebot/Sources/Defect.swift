/// Mistakes that can be planted, for tests to find; see the README.
enum Defect: String, CaseIterable, Sendable {
    /// Says that it transfers, and neither tells the operators nor hangs up.
    case noTransfer = "no-transfer"
    /// Talks on for a second and a half when the caller interrupts.
    case slowToStop = "slow-to-stop"
    /// Says that a fitting is booked, and does not write it down.
    case lostBooking = "lost-booking"
    /// Asks back ends again and again, however often they failed.
    case noBreaker = "no-breaker"
    /// Takes two and a half seconds longer for each answer.
    case lateAnswers = "late-answers"
}

internal import AssayCore

/// Of steps `sse:`.
enum SSESeries: Int, StepMetric {
    case connecting, session, firstEvent, waiting, received, failed, bytesSent, bytesReceived

    var metric: String {
        switch self {
        case .firstEvent: "sse.first-event"
        case .bytesSent: "data.sent"
        case .bytesReceived: "data.received"
        default: "sse.\(self)"
        }
    }

    var kind: Series.Kind {
        switch self {
        case .connecting, .session, .firstEvent, .waiting: .trend
        case .received, .bytesSent, .bytesReceived: .counter
        case .failed: .rate
        }
    }
}

/// Of steps `tcp:`.
enum TCPSeries: Int, StepMetric {
    case connecting, session, roundTrip, waiting, failed, bytesSent, bytesReceived

    var metric: String {
        switch self {
        case .roundTrip: "tcp.round-trip"
        case .bytesSent: "data.sent"
        case .bytesReceived: "data.received"
        default: "tcp.\(self)"
        }
    }

    var kind: Series.Kind {
        switch self {
        case .connecting, .session, .roundTrip, .waiting: .trend
        case .bytesSent, .bytesReceived: .counter
        case .failed: .rate
        }
    }
}

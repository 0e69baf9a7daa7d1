internal import AssayCore

/// Of steps `ws:`.
enum WebSocketSeries: Int, StepMetric {
    case connecting, session, waiting, roundTrip, sent, received, failed, bytesSent, bytesReceived

    var metric: String {
        switch self {
        case .roundTrip: "ws.round-trip"
        case .bytesSent: "data.sent"
        case .bytesReceived: "data.received"
        default: "ws.\(self)"
        }
    }

    var kind: Series.Kind {
        switch self {
        case .connecting, .session, .waiting, .roundTrip: .trend
        case .sent, .received, .bytesSent, .bytesReceived: .counter
        case .failed: .rate
        }
    }
}

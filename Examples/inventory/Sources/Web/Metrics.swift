/// Counts for `/metrics`, in Prometheus's text form.
struct Metrics {
    private struct Series: Hashable {
        var method: String
        var route: String
        var status: Int
    }

    private static let boundsMilliseconds = [1.0, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000]
    private var requests: [Series: Int] = [:]
    private var buckets = [Int](repeating: 0, count: boundsMilliseconds.count + 1)
    private var totalMilliseconds = 0.0
    private var operations: [String: Int] = [:]

    /// - Parameter route: a path of the service's own table, never what a client made up.
    mutating func count(method: String, route: String, status: Int, milliseconds: Double) {
        requests[Series(method: method, route: route, status: status), default: 0] += 1
        let bucket =
            Self.boundsMilliseconds.firstIndex { milliseconds <= $0 } ?? Self.boundsMilliseconds.count
        buckets[bucket] += 1
        totalMilliseconds += milliseconds
    }

    mutating func count(operation: String) { operations[operation, default: 0] += 1 }

    /// - Parameter cache: absent without one.
    func rendered(underWay: Int, cache: BalanceCache.Counts?) -> String {
        var lines = ["# TYPE http_requests_total counter"]
        let sorted = requests.sorted {
            ($0.key.route, $0.key.method, $0.key.status) < ($1.key.route, $1.key.method, $1.key.status)
        }
        for (series, count) in sorted {
            lines.append(
                "http_requests_total{method=\"\(series.method)\",path=\"\(series.route)\",status=\"\(series.status)\"} \(count)"
            )
        }
        lines.append("# TYPE http_request_duration_seconds histogram")
        var sum = 0
        for (place, count) in buckets.enumerated() {
            sum += count
            let bound =
                place < Self.boundsMilliseconds.count ? "\(Self.boundsMilliseconds[place] / 1000)" : "+Inf"
            lines.append("http_request_duration_seconds_bucket{le=\"\(bound)\"} \(sum)")
        }
        lines.append("http_request_duration_seconds_sum \(totalMilliseconds / 1000)")
        lines.append("http_request_duration_seconds_count \(sum)")
        lines.append("# TYPE http_requests_in_flight gauge")
        lines.append("http_requests_in_flight \(underWay)")
        lines.append("# TYPE inventory_operations_total counter")
        for (operation, count) in operations.sorted(by: { $0.key < $1.key }) {
            lines.append("inventory_operations_total{type=\"\(operation)\"} \(count)")
        }
        if let cache {
            lines.append("# TYPE inventory_cache_total counter")
            for (result, count) in [("hit", cache.hits), ("miss", cache.misses), ("error", cache.failures)] {
                lines.append("inventory_cache_total{result=\"\(result)\"} \(count)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

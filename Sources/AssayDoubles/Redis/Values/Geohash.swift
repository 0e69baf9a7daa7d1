internal import Glibc

/// A point on earth, in degrees.
struct GeoPoint: Equatable {
    var longitude: Double
    var latitude: Double

    /// Bounds within which points have a hash: those of web maps.
    static let longitudes = -180.0...180.0
    static let latitudes = -85.05112878...85.05112878
    /// Metres; the mean that Redis takes.
    private static let earthRadius = 6372797.560856

    /// Metres along a great circle.
    func distance(to other: GeoPoint) -> Double {
        let v = sin((Self.radians(other.longitude) - Self.radians(longitude)) / 2)
        if v == 0 { return Self.distance(latitudes: latitude, other.latitude) }
        let u = sin((Self.radians(other.latitude) - Self.radians(latitude)) / 2)
        let a = u * u + cos(Self.radians(latitude)) * cos(Self.radians(other.latitude)) * v * v
        return 2 * Self.earthRadius * asin(a.squareRoot())
    }

    /// Metres along a meridian.
    static func distance(latitudes first: Double, _ second: Double) -> Double {
        earthRadius * abs(radians(second) - radians(first))
    }

    static func radians(_ degrees: Double) -> Double { degrees * (Double.pi / 180) }

    /// Degrees of latitude that a distance spans.
    static func degrees(metres: Double) -> Double { metres / earthRadius / (Double.pi / 180) }
}

/// A cell of a grid over the earth: the bits of its latitude and its longitude by turns.
struct Geohash: Equatable {
    /// `step` bits of latitude in the even places and as many of longitude in the odd ones.
    var bits: UInt64
    /// Up to 26.
    var step: Int

    static let finest = 26

    init(bits: UInt64, step: Int) {
        self.bits = bits
        self.step = step
    }

    /// The cell of a point.
    init(
        _ point: GeoPoint, step: Int, longitudes: ClosedRange<Double> = GeoPoint.longitudes,
        latitudes: ClosedRange<Double> = GeoPoint.latitudes
    ) {
        let scale = Double(UInt64(1) << UInt64(step))
        let x = (point.longitude - longitudes.lowerBound) / (longitudes.upperBound - longitudes.lowerBound)
        let y = (point.latitude - latitudes.lowerBound) / (latitudes.upperBound - latitudes.lowerBound)
        // The upper bound itself belongs to no cell and wraps around, as in Redis.
        bits =
            Self.spread(UInt32(truncatingIfNeeded: UInt64(y * scale)))
            | Self.spread(UInt32(truncatingIfNeeded: UInt64(x * scale))) << 1
        self.step = step
    }

    /// The finest cell that a sorted set's score stands for.
    init(score: Double) {
        bits = score >= 0 && score < 0x1p64 ? UInt64(score) : 0
        step = Self.finest
    }

    /// The cell's number in the finest grid, which sorted sets have as score.
    var aligned: UInt64 { bits << UInt64(52 - step * 2) }

    struct Area {
        var longitudes: (lower: Double, upper: Double)
        var latitudes: (lower: Double, upper: Double)
    }

    var area: Area {
        let scale = Double(UInt64(1) << UInt64(step))
        let y = Double(Self.gather(bits))
        let x = Double(Self.gather(bits >> 1))
        func bound(_ place: Double, _ range: ClosedRange<Double>) -> Double {
            range.lowerBound + place / scale * (range.upperBound - range.lowerBound)
        }
        return Area(
            longitudes: (bound(x, GeoPoint.longitudes), bound(x + 1, GeoPoint.longitudes)),
            latitudes: (bound(y, GeoPoint.latitudes), bound(y + 1, GeoPoint.latitudes)))
    }

    /// The middle of the cell.
    var point: GeoPoint {
        let area = area
        func within(_ value: Double, _ range: ClosedRange<Double>) -> Double {
            min(max(value, range.lowerBound), range.upperBound)
        }
        return GeoPoint(
            longitude: within((area.longitudes.lower + area.longitudes.upper) / 2, GeoPoint.longitudes),
            latitude: within((area.latitudes.lower + area.latitudes.upper) / 2, GeoPoint.latitudes))
    }

    /// The cell so many cells east and north of it; around the earth it goes on on the other side.
    func moved(east: Int, north: Int) -> Geohash {
        let mask = UInt64.max >> UInt64(64 - step)
        let y = (UInt64(Self.gather(bits)) &+ UInt64(bitPattern: Int64(north))) & mask
        let x = (UInt64(Self.gather(bits >> 1)) &+ UInt64(bitPattern: Int64(east))) & mask
        return Geohash(
            bits: Self.spread(UInt32(truncatingIfNeeded: y)) | Self.spread(UInt32(truncatingIfNeeded: x))
                << 1,
            step: step)
    }

    /// Eleven characters of the geohash that the rest of the world uses: with latitudes up to the poles.
    var text: [UInt8] {
        let alphabet = Array("0123456789bcdefghjkmnpqrstuvwxyz".utf8)
        let standard = Geohash(point, step: Self.finest, longitudes: -180...180, latitudes: -90...90).bits
        // 52 bits are ten characters and a bit; the eleventh is always 0.
        return (0..<10).map { alphabet[Int(standard >> UInt64(47 - 5 * $0) & 31)] } + [alphabet[0]]
    }

    /// Puts a zero bit after each bit.
    private static func spread(_ value: UInt32) -> UInt64 {
        var bits = UInt64(value)
        bits = (bits | bits << 16) & 0x0000_FFFF_0000_FFFF
        bits = (bits | bits << 8) & 0x00FF_00FF_00FF_00FF
        bits = (bits | bits << 4) & 0x0F0F_0F0F_0F0F_0F0F
        bits = (bits | bits << 2) & 0x3333_3333_3333_3333
        return (bits | bits << 1) & 0x5555_5555_5555_5555
    }

    /// The bits in the even places.
    private static func gather(_ value: UInt64) -> UInt32 {
        var bits = value & 0x5555_5555_5555_5555
        bits = (bits | bits >> 1) & 0x3333_3333_3333_3333
        bits = (bits | bits >> 2) & 0x0F0F_0F0F_0F0F_0F0F
        bits = (bits | bits >> 4) & 0x00FF_00FF_00FF_00FF
        bits = (bits | bits >> 8) & 0x0000_FFFF_0000_FFFF
        return UInt32(truncatingIfNeeded: bits | bits >> 16)
    }
}

/// A circle or a box around a point.
struct GeoShape {
    enum Form {
        case circle(radius: Double)
        case box(width: Double, height: Double)
    }

    var center: GeoPoint
    /// Metres.
    var form: Form

    /// How far a point is from the centre; `nil` when it is outside.
    func distance(to point: GeoPoint) -> Double? {
        switch form {
        case .circle(let radius):
            let distance = center.distance(to: point)
            return distance <= radius ? distance : nil
        case .box(let width, let height):
            if GeoPoint.distance(latitudes: point.latitude, center.latitude) > height / 2 { return nil }
            let level = GeoPoint(longitude: center.longitude, latitude: point.latitude)
            return point.distance(to: level) > width / 2 ? nil : center.distance(to: point)
        }
    }

    /// Ranges of scores, upper bounds left out, that hold all points of the shape and others.
    ///
    /// The cell of the centre and those around it, as large as to hold the shape, in the order in which Redis
    /// looks at them, which is the order of an unsorted answer.
    var scoreRanges: [ScoreRange] {
        let bounds = bounds
        var step = Self.step(metres: reach, latitude: center.latitude)
        var cell = Geohash(center, step: step)
        if step > 1, !Self.holds(cell, bounds) {
            step -= 1
            cell = Geohash(center, step: step)
        }
        let area = cell.area
        var cells = [cell]
        for (east, north) in [(0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1)] {
            let isUseless =
                step >= 2
                && (north < 0 && area.latitudes.lower < bounds.latitudes.lower
                    || north > 0 && area.latitudes.upper > bounds.latitudes.upper
                    || east < 0 && area.longitudes.lower < bounds.longitudes.lower
                    || east > 0 && area.longitudes.upper > bounds.longitudes.upper)
            let next = cell.moved(east: east, north: north)
            // With few cells, neighbours on both sides are the same one.
            if !isUseless, !cells.contains(next) { cells.append(next) }
        }
        return cells.map {
            ScoreRange(
                Double($0.aligned), Double(Geohash(bits: $0.bits + 1, step: $0.step).aligned),
                excludesUpper: true)
        }
    }

    /// Metres to the farthest point.
    private var reach: Double {
        switch form {
        case .circle(let radius): radius
        case .box(let width, let height): (width / 2 * width / 2 + height / 2 * height / 2).squareRoot()
        }
    }

    private var bounds: Geohash.Area {
        let (width, height) =
            switch form {
            case .circle(let radius): (radius, radius)
            case .box(let width, let height): (width / 2, height / 2)
            }
        let y = GeoPoint.degrees(metres: height)
        // Meridians are closest towards the nearer pole.
        let edge = center.latitude < 0 ? center.latitude - y : center.latitude + y
        let x = GeoPoint.degrees(metres: width) / cos(GeoPoint.radians(edge))
        return Geohash.Area(
            longitudes: (center.longitude - x, center.longitude + x),
            latitudes: (center.latitude - y, center.latitude + y))
    }

    /// Whether a cell and those around it reach to bounds.
    private static func holds(_ cell: Geohash, _ bounds: Geohash.Area) -> Bool {
        cell.moved(east: 0, north: 1).area.latitudes.upper >= bounds.latitudes.upper
            && cell.moved(east: 0, north: -1).area.latitudes.lower <= bounds.latitudes.lower
            && cell.moved(east: 1, north: 0).area.longitudes.upper >= bounds.longitudes.upper
            && cell.moved(east: -1, north: 0).area.longitudes.lower <= bounds.longitudes.lower
    }

    /// How fine a grid may be so that nine cells hold a distance.
    private static func step(metres: Double, latitude: Double) -> Int {
        guard metres > 0 else { return Geohash.finest }
        let halfCircumference = 20_037_726.37
        var (reach, step) = (metres, 1)
        while reach < halfCircumference {
            reach *= 2
            step += 1
        }
        step -= 2
        if abs(latitude) > 66 { step -= abs(latitude) > 80 ? 2 : 1 }
        return min(max(step, 1), Geohash.finest)
    }
}

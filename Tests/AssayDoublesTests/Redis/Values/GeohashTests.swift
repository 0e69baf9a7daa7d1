import AssayCore
import Testing

@testable import AssayDoubles

@Suite("Geohash")
struct GeohashTests {
    @Test("A place has the hash and the coordinates that Redis's documentation gives it")
    func palermo() {
        let place = GeoPoint(longitude: 13.361389, latitude: 38.115556)
        let hash = Geohash(place, step: Geohash.finest)
        #expect(hash.aligned == 3_479_099_956_230_698)
        #expect(hash.text == Array("sqc8b49rny0".utf8))
        #expect(abs(hash.point.longitude - 13.361389) < 1e-5)
        let catania = GeoPoint(longitude: 15.087269, latitude: 37.502669)
        #expect(abs(place.distance(to: catania) - 166274.15) < 1)
    }

    @Test("The ranges of a shape hold every point within it", arguments: [10.0, 50_000, 3_000_000])
    func coverage(reach: Double) {
        var random = SeededRandom(seed: 11)
        for _ in 0..<40 {
            let center = GeoPoint(
                longitude: random.double(in: -170..<170), latitude: random.double(in: -60..<60))
            let form: GeoShape.Form =
                random.chance(0.5) ? .circle(radius: reach) : .box(width: reach, height: reach)
            let shape = GeoShape(center: center, form: form)
            let ranges = shape.scoreRanges
            for _ in 0..<200 {
                let spread = reach / 60_000
                let point = GeoPoint(
                    longitude: center.longitude + random.double(in: -spread..<spread),
                    latitude: center.latitude + random.double(in: -spread..<spread))
                guard GeoPoint.longitudes.contains(point.longitude),
                    GeoPoint.latitudes.contains(point.latitude),
                    shape.distance(to: point) != nil
                else { continue }
                let score = Double(Geohash(point, step: Geohash.finest).aligned)
                #expect(ranges.contains { $0.contains(score) }, "\(center) \(point)")
            }
        }
    }
}

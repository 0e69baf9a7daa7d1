import AssayCore

extension Sound {
    /// Digital silence.
    public static func silence(for time: Duration, rate: Int) -> Sound {
        Sound(samples: [Int16](repeating: 0, count: samples(in: time, rate: rate)), rate: rate)
    }

    /// One sine.
    ///
    /// - Parameter dBFS: root mean square; above −3.01 it is clipped.
    public static func tone(hertz: Double, for time: Duration, dBFS: Double, rate: Int) -> Sound {
        tones([hertz], for: time, dBFS: dBFS, rate: rate)
    }

    /// White noise; the same seed gives the same samples.
    public static func noise(for time: Duration, dBFS: Double, seed: UInt64, rate: Int) -> Sound {
        var noise = NoiseFloor(dBFS: dBFS, seed: seed)
        let samples = (0..<samples(in: time, rate: rate)).map { _ in noise.next() }
        return Sound(samples: samples, rate: rate)
    }

    /// Several sines of equal level at once, with edges of 2 ms that do not click.
    static func tones(_ hertz: [Double], for time: Duration, dBFS: Double, rate: Int) -> Sound {
        let count = samples(in: time, rate: rate)
        let edge = max(1, min(rate / 500, count / 2))
        // The mean square of a sine is half its amplitude's square.
        let amplitude = (2 * Level.meanSquare(ofDBFS: dBFS) / Double(hertz.count)).squareRoot()
        let samples = (0..<count).map { place in
            let wave = hertz.reduce(0.0) { $0 + Elementary.sine(turns: $1 * Double(place) / Double(rate)) }
            let fade = Double(min(place + 1, count - place, edge)) / Double(edge)
            return Int16(clamping: Int64((amplitude * wave * fade).rounded()))
        }
        return Sound(samples: samples, rate: rate)
    }
}

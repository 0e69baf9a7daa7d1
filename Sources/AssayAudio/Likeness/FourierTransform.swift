/// The power spectra of blocks of a power of two of samples, two blocks at once (radix 2, in place).
struct FourierTransform {
    let size: Int
    /// cos and −sin of the turns k/size.
    private let cosines: [Float]
    private let sines: [Float]
    /// Where each sample goes: its place with the bits turned round.
    private let places: [Int]
    private var real: [Float]
    private var imaginary: [Float]

    init(size: Int) {
        precondition(size > 1 && size & (size - 1) == 0, "a power of two")
        self.size = size
        cosines = (0..<(size / 2)).map { Float(Elementary.cosine(turns: Double($0) / Double(size))) }
        sines = (0..<(size / 2)).map { Float(-Elementary.sine(turns: Double($0) / Double(size))) }
        let bits = size.trailingZeroBitCount
        places = (0..<size).map { place in
            (0..<bits).reduce(0) { $0 | (place >> $1 & 1) << (bits - 1 - $1) }
        }
        real = [Float](repeating: 0, count: size)
        imaginary = real
    }

    /// Energies at 0, rate/size, 2·rate/size, … below rate/2; `first` and `second` have `size` samples, `spectra` size/2 places.
    ///
    /// One block is the real part, the other the imaginary part; as both are real, their spectra come apart again.
    mutating func power(
        of first: [Float], _ second: [Float], into spectra: inout (first: [Float], second: [Float])
    ) {
        for place in 0..<size {
            real[places[place]] = first[place]
            imaginary[places[place]] = second[place]
        }
        turn()
        for place in 0..<(size / 2) {
            let mirror = (size - place) & (size - 1)
            let (sum, difference) = (real[place] + real[mirror], real[place] - real[mirror])
            let (other, change) = (imaginary[place] + imaginary[mirror], imaginary[place] - imaginary[mirror])
            spectra.first[place] = (sum * sum + change * change) / 4
            spectra.second[place] = (other * other + difference * difference) / 4
        }
    }

    private mutating func turn() {
        var half = 1
        while half < size {
            let step = size / (2 * half)
            for start in stride(from: 0, to: size, by: 2 * half) {
                for offset in 0..<half {
                    let (a, b) = (start + offset, start + offset + half)
                    let (cosine, sine) = (cosines[offset * step], sines[offset * step])
                    let turnedReal = real[b] * cosine - imaginary[b] * sine
                    let turnedImaginary = real[b] * sine + imaginary[b] * cosine
                    (real[b], imaginary[b]) = (real[a] - turnedReal, imaginary[a] - turnedImaginary)
                    real[a] += turnedReal
                    imaginary[a] += turnedImaginary
                }
            }
            half *= 2
        }
    }
}

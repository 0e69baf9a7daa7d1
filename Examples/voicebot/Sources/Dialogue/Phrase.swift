/// What the bot says by itself, whoever decides otherwise.
enum Phrase {
    static let greeting = "Вітаю! Це магазин шин. Чим можу допомогти?"
    static let repeatPlease = "Перепрошую, вас погано чути. Повторіть, будь ласка."
    static let trouble = "Вибачте, система тимчасово недоступна."
    static let farewell = "Дякую за дзвінок. На все добре!"
    static let transfer = "Хвилинку, з'єдную вас з оператором."

    /// Kept from the start, so that they are there when the synthesizer is not.
    static let own = [greeting, repeatPlease, trouble, farewell, transfer]

    /// Whether the caller takes leave.
    static func isFarewell(_ text: String) -> Bool {
        let text = text.lowercased()
        return ["до побачення", "бувайте", "на все добре"].contains { text.contains($0) }
    }
}

/// Asks live providers whether they keep a contract.
enum Verifier {}

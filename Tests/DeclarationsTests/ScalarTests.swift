import Testing

@testable import Declarations

@Suite struct ScalarTests {
    private func plain(_ text: String) -> ConfigurationNode {
        ConfigurationNode(.scalar(text, isQuoted: false))
    }

    private func message<Value>(_ outcome: Scalar.Outcome<Value>) -> String? {
        if case .failure(let refusal) = outcome { refusal.message } else { nil }
    }

    @Test(arguments: [("0", 0), ("60", 60), ("-1", -1), ("+7", 7), ("9223372036854775807", Int.max)])
    func wholeNumbers(_ text: String, _ value: Int) throws {
        #expect(try Scalar.integer(plain(text)).get() == value)
    }

    @Test(arguments: [
        ("010", "'010' has a leading zero, which YAML 1.1 reads as the octal 8; write 10"),
        ("09", "'09' has a leading zero; write 9"),
        ("00", "'00' has a leading zero, which YAML 1.1 reads as the octal 0; write 0"),
        ("1_000", "'1_000' has underscores, which not every YAML reader takes; write 1000"),
        ("0x1F", "'0x1F' is a hexadecimal number; write 31"),
        ("0o17", "'0o17' is an octal number; write 15"),
        ("1:30", "'1:30' is a base-60 number to YAML 1.1; write it in decimal digits"),
        ("1e3", "expected a whole number, found '1e3'; write 1000"),
        ("60.0", "expected a whole number, found '60.0'; write 60"),
        ("0.5", "expected a whole number, found '0.5'"),
        ("9223372036854775808", "'9223372036854775808' is too large for a whole number"),
        ("ten", "expected a whole number, found 'ten'"),
        ("", "expected a whole number, found nothing"),
        ("~", "expected a whole number, found nothing"),
        ("１", "expected a whole number, found '１'"),
    ])
    func refusedWholeNumbers(_ text: String, _ expected: String) {
        #expect(message(Scalar.integer(plain(text))) == expected)
    }

    @Test(arguments: [("0.1", 0.1), ("1e-4", 1e-4), ("1E5", 1e5), (".5", 0.5), ("-3", -3), ("60", 60), ("0.0", 0)])
    func numbers(_ text: String, _ value: Double) throws {
        #expect(try Scalar.number(plain(text)).get() == value)
    }

    @Test(arguments: [
        (".inf", "'.inf' is not finite"), ("-.inf", "'-.inf' is not finite"), (".NaN", "'.NaN' is not finite"),
        ("nan", "'nan' is not finite"), ("inf", "'inf' is not finite"), ("1e999", "expected a number, found '1e999'"),
        ("0x1p3", "expected a number, found '0x1p3'"), ("0,1", "expected a number, found '0,1'; write 0.1"),
        ("1_0.5", "'1_0.5' has underscores, which not every YAML reader takes; write 10.5"),
        ("010", "'010' has a leading zero, which YAML 1.1 reads as the octal 8; write 10"),
        ("fast", "expected a number, found 'fast'"), ("e", "expected a number, found 'e'"),
    ])
    func refusedNumbers(_ text: String, _ expected: String) {
        #expect(message(Scalar.number(plain(text))) == expected)
    }

    @Test func quotesMakeText() {
        let quoted = ConfigurationNode(.scalar("0.1", isQuoted: true))
        #expect(
            message(Scalar.number(quoted))
                == "expected a number, found the quoted text \"0.1\"; remove the quotes")
        let word = ConfigurationNode(.scalar("fast", isQuoted: true))
        #expect(message(Scalar.number(word)) == "expected a number, found the quoted text \"fast\"")
    }

    @Test(arguments: [
        ("yes", "write true"), ("on", "write true"), ("True", "write true"), ("Y", "write true"), ("1", "write true"),
        ("no", "write false"), ("off", "write false"), ("FALSE", "write false"), ("n", "write false"),
    ])
    func truthHasOneSpelling(_ text: String, _ advice: String) {
        #expect(message(Scalar.boolean(plain(text)))?.hasSuffix(advice) == true)
    }

    @Test func truth() throws {
        #expect(try Scalar.boolean(plain("true")).get())
        #expect(try !Scalar.boolean(plain("false")).get())
        #expect(message(Scalar.boolean(plain("maybe"))) == "expected true or false, found 'maybe'")
    }

    @Test(arguments: [0.1, 1e-5, 60, 0, -2.5, 1.0 / 256, 1e300, 0.1 + 0.2])
    func formatsReadBack(_ value: Double) throws {
        #expect(try Scalar.number(plain(Scalar.format(value))).get() == value)
    }

    @Test func wholeValuesHaveNoFraction() {
        #expect(Scalar.format(60) == "60")
        #expect(Scalar.format(0.00390625) == "0.00390625")
    }
}

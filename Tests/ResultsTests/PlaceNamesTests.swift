import Testing

@testable import Results

@Suite struct PlaceNamesTests {
    @Test func whatAllHaveInCommonIsLeftOut() {
        #expect(PlaceNames.short(["hidden1/weight", "mixed1/3x3/weight"]) == ["hidden1", "mixed1/3x3"])
        #expect(PlaceNames.short(["hidden1/weight", "hidden1/bias"]) == ["hidden1/weight", "hidden1/bias"])
        #expect(PlaceNames.short(["hidden1", "hidden2"]) == ["hidden1", "hidden2"])
        #expect(PlaceNames.short(["", "hidden1/weight"]) == ["the whole network", "hidden1/weight"])
    }

    @Test func theEndsAreAmongTheChosen() {
        let places = (1...10).map { "layer\($0)" }
        #expect(PlaceNames.evenly(places, most: 4) == ["layer1", "layer4", "layer7", "layer10"])
        #expect(PlaceNames.evenly(places, most: 10) == places)
    }

    @Test func theLongestListGivesTheOrder() {
        #expect(PlaceNames.union([["c"], ["a", "b"], ["b", "d"]]) == ["a", "b", "c", "d"])
        #expect(PlaceNames.union([]) == [])
    }

    @Test func manyPlacesAreCounted() {
        #expect(PlaceNames.phrase(["a/weight", "b/weight"]) == "a and b")
        #expect(PlaceNames.phrase((1...9).map { "l\($0)" }) == "9 places from l1 to l9")
    }
}

/// All kinds of figures.
public enum FigureCatalogue {
    /// Every kind; a new one is a line here.
    public static let all: [any FigureKind.Type] = [
        AccuracyOverSteps.self,
        LossOverSteps.self,
        ActivationQuantiles.self,
        ActivationDistributions.self,
        FinalAccuracy.self,
        Sweep.self,
        StepsToMatch.self,
        MatchTable.self,
        ChangeWorth.self,
        EnsembleAccuracy.self,
        QuantityOverSteps.self,
        Landscape.self,
        ShiftMap.self,
        QuantityProfile.self,
        ScaleAndPercentiles.self,
        QuantityScatter.self,
        LineFit.self,
    ]

    /// The figure that a request asks for.
    public static func figure(_ request: FigureRequest) throws(FigureError) -> any FigureKind {
        guard let type = all.first(where: { $0.name == request.kind }) else {
            throw .unknownKind(request.kind, known: all.map { $0.name })
        }
        return try type.init(FigureOptions(request, known: type.options))
    }
}

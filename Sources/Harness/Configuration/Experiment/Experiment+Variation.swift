extension Experiment {
    /// The same experiment under a longer name, for runs whose settings or data were changed on the command line: their
    /// results go to a folder of their own and never replace the experiment's.
    ///
    /// - Parameter variation: what is added to the name, such as `@optimizer.sgd.rate=0.2`; nothing changes where it is empty.
    public func varied(_ variation: String) -> Experiment {
        Experiment(
            name: name + variation, title: title, source: source, question: question, datasets: datasets,
            profiles: profiles, arms: arms, ensembles: ensembles, figures: figures, claims: claims)
    }
}

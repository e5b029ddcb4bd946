import Declarations

extension RunConfiguration {
    /// The configuration that a run wrote down, or any mapping of the keys of `base` with the model's layers in place.
    ///
    /// - Parameters:
    ///   - yaml: the text; ``canonicalYAML`` is one.
    ///   - file: the name that messages give it.
    /// - Throws: ``ConfigurationErrors`` with everything that is wrong.
    public init(yaml: String, file: String = "config.yaml") throws(ConfigurationErrors) {
        let diagnostics = DiagnosticCollector()
        let reader = YAMLReader(yaml, file: file, layer: .base, diagnostics: diagnostics)
        var configuration = RunConfiguration()
        if let root = reader.root(),
            let node = Resolver(diagnostics).resolve(root, .record(Self.self), path: "")
        {
            Resolver(diagnostics).checkCompleteness(of: node, fieldsOf: Self.self, path: "")
            configuration = RunConfiguration(resolved: node)
            configuration.written = node
            if let model = node["model"] {
                if model.scalar == nil {
                    if let read = ModelReader(diagnostics: diagnostics).model(inPlace: model) {
                        configuration.model = read
                    }
                } else {
                    diagnostics.error("'model': expected the model's layers, found \(model.found)", at: model)
                }
            }
        }
        try diagnostics.throwIfAny()
        self = configuration
    }
}

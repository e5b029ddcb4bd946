struct FigureLayout {
    let figure: Figure
    init(_ figure: Figure) { self.figure = figure }
    func scene() -> Scene { Scene(size: figure.size ?? Size(800, 500), title: figure.title) }
}

import ArgumentParser

@main
struct Normlab: AsyncParsableCommand {}

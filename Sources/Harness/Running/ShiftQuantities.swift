/// The quantities of `shift.csv`: how a tensor's distribution moved (the covariate shift of Ioffe & Szegedy 2015, §2).
enum ShiftQuantities {
    static let names = [
        "mean-drift", "deviation-drift", "quantile-drift", "wasserstein", "kolmogorov-smirnov", "wasserstein-to-end",
        "kolmogorov-smirnov-to-end",
    ]
}

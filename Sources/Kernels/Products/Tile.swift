import CProcessor

/// The shape of the register tile: how many rows and columns of C are held in registers for a whole reduction.
///
/// | registers | tile | accumulators + B + A | why |
/// |---|---|---|---|
/// | AVX-512: 32 of 16 floats | 12 × 32 | 24 + 2 + 1 of 32 | 24 multiply-adds for 14 loads; 24 chains cover the latency of 2 × 4 |
/// | AVX2: 16 of 8 floats | 6 × 16 | 12 + 2 + 1 of 16 | 12 multiply-adds for 8 loads |
/// | NEON: 32 of 4 floats | 6 × 16 | 24 + 4 + 1 of 32 | 24 multiply-adds for 10 loads |
///
/// The shape decides speed only: every element is the same chain in any tile.
///
///                 B  ┌──────── columns ────────┐
///      one term at a │ b[k, j] … one or two    │
///      time, k = 0…  │ lanes, loaded once      │
///                    └────────────┬────────────┘
///     A  ┌ a[i, k] ┐  ┌───────────▼────────────┐
///        │ one     │  │ C: an accumulator for  │
///   rows │ float a │─▶│ each lane of each row, │
///        │ row,    │  │ c[i, j] += a[i, k] ·   │
///        │ spread  │  │            b[k, j]     │
///        └─────────┘  └────────────────────────┘
enum TileShape {
    /// The rows of a whole tile.
    static var rows: Int { hasWideRegisters ? 12 : 6 }
    /// The columns of a whole tile: of a panel.
    static var columns: Int { hasWideRegisters ? WideRow.width : LaneRow.width }
    /// Whether there are 32 registers of a whole lane.
    @inline(__always)
    static var hasWideRegisters: Bool { VECTOR_REGISTER_BITS == 512 }
}

extension Product {
    /// Computes and stores C: panel by panel, each of the fewest half lanes, and down each panel tile by tile.
    func compute() {
        var column = 0
        while column < columns {
            let left = columns - column
            if TileShape.hasWideRegisters && left > MiddleRow.width {
                column += computeWide(column: column, WideRow.self)
            } else if TileShape.hasWideRegisters && left > LaneRow.width {
                column += computeWide(column: column, MiddleRow.self)
            } else if left > HalfRow.width {
                column += computePanel(column: column, LaneRow.self)
            } else {
                column += computePanel(column: column, HalfRow.self)
            }
        }
    }

    /// Computes a panel that only wide registers can hold. Without them it is never called, and empty.
    @inline(__always)
    private func computeWide<Row: TileRow>(column: Int, _ row: Row.Type) -> Int {
        TileShape.hasWideRegisters ? computePanel(column: column, row) : columns
    }

    /// Computes one panel and returns its width. Twelve rows (or six) at a time, then eight, four, two and one: every row
    /// exactly once. Where a row is one register, sixteen at a time come first: four rows left over would be four chains,
    /// which wait for each other.
    private func computePanel<Row: TileRow>(column: Int, _: Row.Type) -> Int {
        var row = 0
        if TileShape.hasWideRegisters {
            if Row.width <= LaneRow.width {
                while rows - row >= 16 { row += tile(row, column, SixteenRows<Row>.self) }
            }
            while rows - row >= 12 { row += tile(row, column, TwelveRows<Row>.self) }
            if rows - row >= 8 { row += tile(row, column, EightRows<Row>.self) }
        } else {
            while rows - row >= 6 { row += tile(row, column, SixRows<Row>.self) }
        }
        if rows - row >= 4 { row += tile(row, column, FourRows<Row>.self) }
        if rows - row >= 2 { row += tile(row, column, TwoRows<Row>.self) }
        if rows - row >= 1 { row += tile(row, column, OneRow<Row>.self) }
        return Row.width
    }

    /// Computes and stores one tile and returns the number of its rows.
    @inline(__always)
    private func tile<Rows: TileRows>(_ row: Int, _ column: Int, _: Rows.Type) -> Int {
        let target = c + (row &* cStep &+ column)
        var tile =
            switch start {
            case .zero: Rows(start: Rows.Row())
            case .row(let start): Rows(start: Rows.Row(loading: start + column))
            case .target: Rows(loading: target, step: cStep)
            }
        if addsToTarget {
            for row in 0..<Rows.count {
                processor_prefetch(target + row &* cStep)
                processor_prefetch(target + (row &* cStep &+ Rows.Row.width &- 1))
            }
        }
        let (aSteps, bSteps, counts) = (reduction.aSteps, reduction.bSteps, reduction.counts)
        let firstA = a + row &* aStep
        let firstB = b + column
        for outer in 0..<counts.outer {
            for middle in 0..<counts.middle {
                let a = firstA + (outer &* aSteps.outer &+ middle &* aSteps.middle)
                var b = firstB + (outer &* bSteps.outer &+ middle &* bSteps.middle)
                switch fetch {
                case .nothing: break
                case .rows:
                    for row in Rows.count..<2 * Rows.count { processor_prefetch(a + row &* aStep) }
                case .lines:
                    for place in 0..<counts.inner { processor_prefetch(a + (place &* aSteps.inner &+ Lane.width)) }
                }
                var places = Rows.places(a, step: aStep)
                for _ in 0..<counts.inner {
                    tile.add(places, step: aStep, Rows.Row(loading: b))
                    places.advance(by: aSteps.inner)
                    b += bSteps.inner
                }
            }
        }
        if addsToTarget { tile = Rows(loading: target, step: cStep).adding(tile) }
        tile.store(to: target, step: cStep, first: columns &- column)
        return Rows.count
    }
}

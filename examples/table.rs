//! A table for people: columns as wide as they need to be, cells of several lines.

use std::fmt;

/// A table of four columns.
#[derive(Debug)]
pub struct Table {
    head: [&'static str; 4],
    rows: Vec<Row>,
}

/// One row; each cell has its lines.
#[derive(Debug)]
pub struct Row {
    cells: [Vec<String>; 4],
}

impl Row {
    /// A row of these cells.
    pub fn new(cells: [Vec<String>; 4]) -> Self {
        Self { cells }
    }

    fn height(&self) -> usize {
        self.cells.iter().map(Vec::len).max().unwrap_or(0)
    }
}

impl Table {
    /// A table without rows.
    pub fn new(head: [&'static str; 4]) -> Self {
        Self {
            head,
            rows: Vec::new(),
        }
    }

    /// Adds a row below.
    pub fn push(&mut self, row: Row) {
        self.rows.push(row);
    }

    fn widths(&self) -> [usize; 4] {
        std::array::from_fn(|column| {
            let cells = self.rows.iter().flat_map(|row| &row.cells[column]);
            let widest = cells.map(|line| line.chars().count()).max().unwrap_or(0);
            widest.max(self.head[column].len())
        })
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        let rule = |f: &mut fmt::Formatter<'_>, [left, middle, right]: [&str; 3]| {
            let dashes = widths.map(|width| "─".repeat(width + 2));
            writeln!(f, "{left}{}{right}", dashes.join(middle))
        };
        let line = |f: &mut fmt::Formatter<'_>, cells: [&str; 4]| {
            for (column, cell) in cells.iter().enumerate() {
                let width = widths[column];
                // The last column holds times.
                if column == 3 {
                    write!(f, "│ {cell:>width$} ")?;
                } else {
                    write!(f, "│ {cell:<width$} ")?;
                }
            }
            writeln!(f, "│")
        };
        rule(f, ["┌", "┬", "┐"])?;
        line(f, self.head)?;
        rule(f, ["├", "┼", "┤"])?;
        for row in &self.rows {
            for at in 0..row.height() {
                line(
                    f,
                    std::array::from_fn(|column| {
                        row.cells[column].get(at).map_or("", String::as_str)
                    }),
                )?;
            }
        }
        rule(f, ["└", "┴", "┘"])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_line() {
        let mut table = Table::new(["A", "B", "C", "D"]);
        let cell = |text: &str| text.split('|').map(str::to_owned).collect();
        table.push(Row::new([cell("x"), cell("one|two"), cell(""), cell("1")]));
        assert_eq!(
            table.to_string(),
            "┌───┬─────┬───┬───┐\n│ A │ B   │ C │ D │\n├───┼─────┼───┼───┤\n│ x │ one │   │ 1 │\n│   │ two │   │   │\n\
             └───┴─────┴───┴───┘\n"
        );
    }
}

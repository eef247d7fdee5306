//! What was to be reached, beside what was.

use std::fmt::Write;

/// Ratios with the bound that each is to stay within.
#[derive(Default)]
pub(super) struct Goals(Vec<Goal>);

struct Goal {
    what: String,
    reached: f64,
    bound: f64,
    /// Whether it is to be at least the bound, and not at most.
    at_least: bool,
}

impl Goals {
    pub(super) fn at_most(&mut self, what: impl Into<String>, reached: f64, bound: f64) {
        self.push(what.into(), reached, bound, false);
    }

    pub(super) fn at_least(&mut self, what: impl Into<String>, reached: f64, bound: f64) {
        self.push(what.into(), reached, bound, true);
    }

    fn push(&mut self, what: String, reached: f64, bound: f64, at_least: bool) {
        // Cases that were left out have no medians.
        if !reached.is_nan() {
            self.0.push(Goal {
                what,
                reached,
                bound,
                at_least,
            });
        }
    }

    /// The table in Markdown; nothing if there is no goal.
    pub(super) fn markdown(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let mut text = "\n### Goals\n\n| | reached | goal | |\n|---|--:|--:|---|\n".to_owned();
        for goal in &self.0 {
            let (sign, met) = if goal.at_least {
                ("≥", goal.reached >= goal.bound)
            } else {
                ("≤", goal.reached <= goal.bound)
            };
            let verdict = if met { "met" } else { "**missed**" };
            // Writing to a String does not fail.
            let _ = writeln!(
                text,
                "| {} | {:.2} | {sign} {:.2} | {verdict} |",
                goal.what, goal.reached, goal.bound
            );
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_on_the_right_side() {
        let mut goals = Goals::default();
        goals.at_most("small", 0.5, 0.33);
        goals.at_least("large", 1.5, 1.0);
        goals.at_most("not measured", f64::NAN, 1.0);
        let text = goals.markdown();
        assert!(
            text.contains("| small | 0.50 | ≤ 0.33 | **missed** |"),
            "{text}"
        );
        assert!(text.contains("| large | 1.50 | ≥ 1.00 | met |"), "{text}");
        assert!(!text.contains("not measured"), "{text}");
        assert_eq!(Goals::default().markdown(), "");
    }
}

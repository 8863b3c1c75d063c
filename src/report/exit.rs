//! Exit codes: what a script learns without reading anything.

use crate::study::findings::{Findings, Verdict};

/// How a command ended. Where several things happened the worst is told, in the order listed here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// The scenario or the arguments are wrong.
    Invalid,
    /// An internal or I/O error, a panic too.
    Internal,
    /// Ended by Ctrl-C; what was finished has been told.
    Interrupted,
    /// An expectation on residency fails.
    Residency,
    /// An expectation fails.
    Failed,
    /// Not enough evidence on at least one expectation.
    Undecided,
    /// All expectations pass, or there are none.
    Fine,
}

impl Exit {
    /// The number the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Exit::Invalid => 2,
            Exit::Internal => 1,
            Exit::Interrupted => 130,
            Exit::Residency => 4,
            Exit::Failed => 3,
            Exit::Undecided => 5,
            Exit::Fine => 0,
        }
    }

    /// The worse of two.
    #[must_use]
    pub fn worst(self, other: Exit) -> Exit {
        self.min(other)
    }

    /// What a study amounts to.
    pub fn of(findings: &Findings) -> Exit {
        let judged = findings.expectations.iter().map(|e| match e.verdict {
            Verdict::Fail if e.on_residency => Exit::Residency,
            Verdict::Fail => Exit::Failed,
            Verdict::Undecided => Exit::Undecided,
            Verdict::Pass | Verdict::None => Exit::Fine,
        });
        let interrupted = findings.study.interrupted.then_some(Exit::Interrupted);
        judged.chain(interrupted).fold(Exit::Fine, Exit::worst)
    }
}

#[cfg(test)]
mod tests {
    use super::Exit::{self, *};

    /// The documented precedence of exit codes.
    const ORDER: [u8; 7] = [2, 1, 130, 4, 3, 5, 0];

    #[test]
    fn the_worst_wins_in_the_documented_order() {
        let all = [Fine, Failed, Invalid, Undecided, Interrupted, Residency, Internal];
        let rank = |e: Exit| ORDER.iter().position(|&code| code == e.code()).unwrap();
        for a in all {
            for b in all {
                let expected = ORDER[rank(a).min(rank(b))];
                assert_eq!(a.worst(b).code(), expected, "{a:?} and {b:?}");
            }
        }
    }
}

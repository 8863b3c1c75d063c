//! How long a container that keeps crashing waits for its next restart: the crash ladder.

use crate::time::Span;

/// The first few crashes are followed by a restart at once, the next ones by waits that double.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ladder {
    /// Crashes in a row that wait for nothing.
    pub immediate: u32,
    /// The wait after the first crash beyond those.
    pub first: Span,
    /// The longest wait.
    pub most: Span,
    /// After this many crashes in a row it is not restarted any more.
    pub give_up: Option<u32>,
    /// Whoever ran for longer than this begins at the foot again.
    pub reset: Span,
}

impl Ladder {
    /// Crashes in a row once a container that had counted `before` fails after having run for `ran`.
    /// Counts stop at 255, where every wait has long been the longest.
    pub fn crashes(&self, before: u8, ran: Span) -> u8 {
        if ran > self.reset { 1 } else { before.saturating_add(1) }
    }

    /// The wait after that many crashes in a row; nothing where it has been given up.
    pub fn wait(&self, crashes: u8) -> Option<Span> {
        let crashes = u32::from(crashes);
        if self.give_up.is_some_and(|limit| crashes >= limit) {
            return None;
        }
        let Some(rung) = crashes.checked_sub(self.immediate + 1) else { return Some(Span::ZERO) };
        let doubled = 1_u64.checked_shl(rung).and_then(|times| self.first.0.checked_mul(times));
        Some(Span(doubled.map_or(self.most.0, |wait| wait.min(self.most.0))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: u64 = 1_000_000_000;

    /// Diego's: immediate restarts are over with the third crash, 30 s to 16 min, 200 crashes.
    const DIEGO: Ladder = Ladder {
        immediate: 2,
        first: Span(30 * S),
        most: Span(960 * S),
        give_up: Some(200),
        reset: Span(300 * S),
    };

    #[test]
    fn the_waits_of_diego_add_up_to_two_days() {
        let waits: Vec<_> = (1..=200).map(|crashes| DIEGO.wait(crashes)).collect();
        let first: Vec<_> = waits[..9].iter().map(|wait| wait.unwrap().0 / S).collect();
        assert_eq!(first, [0, 0, 30, 60, 120, 240, 480, 960, 960]);
        assert_eq!(waits[199], None, "after the 200th crash never again");
        assert_eq!(waits[..199].iter().map(|wait| wait.unwrap().0).sum::<u64>(), 185_250 * S);
    }

    #[test]
    fn five_minutes_of_health_lead_back_to_the_foot() {
        assert_eq!(DIEGO.crashes(7, Span(300 * S)), 8);
        assert_eq!(DIEGO.crashes(7, Span(300 * S + 1)), 1);
        assert_eq!(DIEGO.crashes(255, Span::ZERO), 255);
    }

    #[test]
    fn who_is_never_given_up_waits_the_longest_for_ever() {
        let patient = Ladder { give_up: None, ..DIEGO };
        assert_eq!(patient.wait(255), Some(Span(960 * S)));
    }
}

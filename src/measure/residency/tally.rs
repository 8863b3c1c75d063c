//! How long anything of one class is outside, and how much of it (B5).

use crate::time::Instant;

/// One class of data of one app in one replication. Instants lie in the measured time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Stays that began; those that measuring finds are counted as begun when it begins.
    pub begun: u64,
    /// Nanoseconds in which anything is outside: the union over all of it.
    pub outside: u64,
    /// Bytes times nanoseconds, summed over all of it.
    pub byte_nanos: u128,
    /// Stays whose end is not known yet, and since when there is any.
    open: u32,
    open_since: Instant,
    /// All up to here is counted in `outside`, as far as anything was outside.
    counted_to: Instant,
    /// The latest end of the stays of known length that began while another one was open.
    pending: Instant,
}

impl Tally {
    /// A stay of known length begins; nothing where none of it is measured.
    pub fn stays(&mut self, from: Instant, to: Instant, bytes: u64) {
        if to <= from {
            return;
        }
        self.begun += 1;
        self.byte_nanos += u128::from(bytes) * u128::from((to - from).0);
        if self.open > 0 {
            self.pending = self.pending.max(to);
        } else {
            self.count(from, to);
        }
    }

    /// A stay begins whose end is not known yet.
    pub fn opens(&mut self, from: Instant) {
        if self.open == 0 {
            self.open_since = from;
        }
        self.open += 1;
    }

    /// It ends; told with its beginning.
    pub fn closes(&mut self, from: Instant, to: Instant, bytes: u64) {
        self.open -= 1;
        if to > from {
            self.begun += 1;
            self.byte_nanos += u128::from(bytes) * u128::from((to - from).0);
        }
        if self.open == 0 {
            self.count(self.open_since, to);
            // What began meanwhile follows without a gap.
            self.count(self.open_since, self.pending);
        }
    }

    /// Adds what is new of a stretch; stretches come in order of their beginnings.
    fn count(&mut self, from: Instant, to: Instant) {
        let from = from.max(self.counted_to);
        if to > from {
            self.outside += (to - from).0;
            self.counted_to = to;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_the_union_and_byte_hours_the_sum() {
        let mut tally = Tally::default();
        tally.stays(Instant(100), Instant(200), 2);
        tally.stays(Instant(150), Instant(300), 3);
        tally.stays(Instant(400), Instant(1000), 1);
        assert_eq!((tally.begun, tally.outside), (3, 200 + 600));
        assert_eq!(tally.byte_nanos, 2 * 100 + 3 * 150 + 600);
    }

    #[test]
    fn what_begins_while_another_stay_is_open_is_counted_once() {
        let mut tally = Tally::default();
        tally.opens(Instant(200));
        tally.stays(Instant(250), Instant(500), 1);
        tally.opens(Instant(260));
        tally.closes(Instant(200), Instant(300), 0);
        tally.closes(Instant(260), Instant(310), 0);
        assert_eq!((tally.begun, tally.outside), (3, 300));
        tally.opens(Instant(450));
        tally.closes(Instant(450), Instant(600), 4);
        assert_eq!((tally.begun, tally.outside, tally.byte_nanos), (4, 400, 250 + 600));
    }

    #[test]
    fn a_stay_of_no_length_is_none() {
        let mut tally = Tally::default();
        tally.stays(Instant(100), Instant(100), 9);
        tally.opens(Instant(100));
        tally.closes(Instant(100), Instant(100), 9);
        assert_eq!((tally.begun, tally.outside, tally.byte_nanos), (0, 0, 0));
    }
}

//! The share of requests that fail while a rotation holds dead entries (T1, T2, T5, U4).
//!
//! A request goes to an entry of the rotation chosen uniformly. A live one answers. A dead one fails
//! it, or, where its face is one the router retries on, the request goes on to another entry chosen
//! uniformly among those not yet tried, until the retries are used up or no entry is left.

/// How a dead entry treats a request (T4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Face {
    /// The connection is refused at once.
    Refused,
    /// Accepted, then failed (502).
    Error,
    /// No answer to the dial.
    Unreachable,
    /// Accepted and never answered.
    Hung,
}

/// What the router does after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct RetryRules {
    /// Further attempts after the first.
    pub count: u32,
    /// By [`Face`]: whether such a failure is tried again elsewhere.
    pub on: [bool; 4],
    /// Failed-endpoint pause (T5): attempts per second that each dead entry still gets, i.e. router
    /// instances divided by the pause; zero: no pause, dead entries keep their even share. Only faces
    /// that fail while connecting (refused, unreachable) are marked.
    pub probing_per_s: f64,
}

impl RetryRules {
    #[inline]
    fn is_marked(&self, face: Face) -> bool {
        self.probing_per_s > 0.0 && matches!(face, Face::Refused | Face::Unreachable)
    }
}

/// The failed share of the requests of a rotation, by kind of entry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    /// Failed ÷ all, in [0, 1].
    pub total: f64,
    /// By [`Face`]: the part that each single entry with that face fails.
    pub each: [f64; 4],
}

impl Loss {
    /// Nothing fails.
    pub const NONE: Loss = Loss { total: 0.0, each: [0.0; 4] };
}

/// The loss of a rotation with `live` answering entries and `dead` ones by face.
///
/// `rate` is the app's load in requests per second, where known: it decides how small a share the
/// few attempts on a marked entry are. An empty rotation fails everything.
///
/// Without marks the result is exact: with `t` entries of which `r` are retried on and `h` are not,
/// the first `j` attempts all meet retried ones with probability `Π (r−i)/(t−i)`. Marked entries are
/// averaged over their pause.
pub fn loss(live: u32, dead: [u32; 4], rules: &RetryRules, rate: Option<f64>) -> Loss {
    let faces = [Face::Refused, Face::Error, Face::Unreachable, Face::Hung];
    let dead_total: u32 = dead.iter().sum();
    if dead_total == 0 {
        return if live > 0 { Loss::NONE } else { Loss { total: 1.0, each: [0.0; 4] } };
    }
    if live == 0 {
        // Whatever is retried, in the end a dead entry fails it; all are alike.
        return Loss { total: 1.0, each: [1.0 / f64::from(dead_total); 4] };
    }
    let (mut hard, mut retried, mut marked) = (0, 0, 0);
    for face in faces {
        let entries = dead[face as usize];
        if rules.is_marked(face) {
            marked += entries;
        } else if rules.on[face as usize] {
            retried += entries;
        } else {
            hard += entries;
        }
    }
    if marked + retried == 0 {
        // The everyday case: the first attempt decides.
        let each = 1.0 / f64::from(live + hard);
        return Loss { total: f64::from(hard) * each, each: [each; 4] };
    }
    let (hard_each, retried_each) = unmarked(live, hard, retried, rules.count);
    let even = 1.0 / f64::from(live + hard + retried + marked);
    let probe = match rate {
        Some(rate) if rate > 0.0 => even.min(rules.probing_per_s / rate),
        _ => even,
    };
    let reaches_rotation = 1.0 - probe * f64::from(marked);
    let mut loss = Loss::NONE;
    for face in faces {
        let entries = f64::from(dead[face as usize]);
        let retry = rules.on[face as usize];
        loss.each[face as usize] = if rules.is_marked(face) {
            if retry && rules.count > 0 {
                // Tried again with one attempt less; what then fails is charged here, where it began.
                let (hard_then, retried_then) = unmarked(live, hard, retried, rules.count - 1);
                probe * (f64::from(hard) * hard_then + f64::from(retried) * retried_then)
            } else {
                probe
            }
        } else {
            reaches_rotation * if retry { retried_each } else { hard_each }
        };
        loss.total += entries * loss.each[face as usize];
    }
    loss.total = loss.total.min(1.0);
    loss
}

/// What each entry that is not retried on, and each that is, fails among `live` good ones.
fn unmarked(live: u32, hard: u32, retried: u32, count: u32) -> (f64, f64) {
    let total = live + hard + retried;
    let mut so_far = 1.0; // all attempts up to here met entries that are retried on
    let mut failed_hard = 0.0;
    for attempt in 0..=count.min(retried) {
        let left = f64::from(total - attempt);
        failed_hard += so_far * f64::from(hard) / left;
        so_far *= f64::from(retried - attempt) / left;
    }
    // After the last permitted attempt `so_far` is the chance that all of them met retried entries;
    // it is zero where there are fewer of those than attempts.
    let per = |sum: f64, entries: u32| if entries > 0 { sum / f64::from(entries) } else { 0.0 };
    (per(failed_hard, hard), per(so_far, retried))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFUSED_RETRIED: [bool; 4] = [true, false, false, false];

    fn rules(count: u32) -> RetryRules {
        RetryRules { count, on: REFUSED_RETRIED, probing_per_s: 0.0 }
    }

    #[test]
    fn without_retries_the_dead_share_fails() {
        let loss = loss(3, [1, 0, 0, 0], &rules(0), None);
        assert_eq!(loss.total, 0.25);
        assert_eq!(loss.each[Face::Refused as usize], 0.25);
    }

    #[test]
    fn one_retry_fails_only_where_both_attempts_meet_dead_entries() {
        assert_eq!(loss(3, [1, 0, 0, 0], &rules(1), None).total, 0.0);
        let two = loss(2, [2, 0, 0, 0], &rules(1), None);
        assert!((two.total - 2.0 / 4.0 * 1.0 / 3.0).abs() < 1e-15);
        assert_eq!(loss(0, [1, 0, 0, 0], &rules(1), None).total, 1.0);
    }

    #[test]
    fn an_empty_rotation_fails_everything() {
        assert_eq!(loss(0, [0; 4], &rules(5), None).total, 1.0);
    }

    #[test]
    fn what_is_not_retried_on_fails_on_any_attempt() {
        // 1 live, 1 refused (retried once), 1 erroring: 1/3 at once + 1/3 · 1/2 after the retry.
        let loss = loss(1, [1, 1, 0, 0], &rules(1), None);
        assert!((loss.total - 0.5).abs() < 1e-15);
        assert!((loss.each[Face::Error as usize] - 0.5).abs() < 1e-15);
        assert_eq!(loss.each[Face::Refused as usize], 0.0);
    }

    #[test]
    fn a_marked_entry_costs_its_probes_and_not_its_share() {
        let rules = RetryRules { count: 0, on: [false; 4], probing_per_s: 2.0 / 30.0 };
        let loss = loss(1, [0, 0, 1, 0], &rules, Some(40.0));
        assert!((loss.total - (2.0 / 30.0) / 40.0).abs() < 1e-15);
    }

    #[test]
    fn the_parts_add_up_to_the_total_and_agree_with_enumeration() {
        for (live, refused, error) in [(1, 2, 1), (2, 3, 2), (4, 1, 0), (1, 4, 0)] {
            for count in 0..5 {
                let got = loss(live, [refused, error, 0, 0], &rules(count), None);
                let want = enumerate(live, refused, error, count);
                assert!((got.total - want).abs() < 1e-12, "{live} {refused} {error} {count}");
                let parts = f64::from(refused) * got.each[0] + f64::from(error) * got.each[1];
                assert!((parts - got.total).abs() < 1e-12);
            }
        }
    }

    /// The slow, obvious twin: walk the tree of attempts.
    fn enumerate(live: u32, refused: u32, error: u32, retries: u32) -> f64 {
        let left = live + refused + error;
        if left == 0 {
            return 1.0;
        }
        let share = |n: u32| f64::from(n) / f64::from(left);
        let after_refusal = match (refused, retries) {
            (0, _) => 0.0,
            (_, 0) => 1.0,
            _ => enumerate(live, refused - 1, error, retries - 1),
        };
        share(error) + share(refused) * after_refusal
    }
}

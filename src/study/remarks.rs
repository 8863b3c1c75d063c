//! What a reader must know of the figures of single apps: planned downtime, and time not counted.

use crate::study::fold::{By, Fold, SubjectFold};
use crate::time::{Span, human_seconds};

/// Subjects told one by one; the rest is counted.
const TOLD: usize = 4;

/// Remarks on downtime that was planned (M3) and on time in which apps are not meant to run (S6).
pub fn remarks(by: By, fold: &Fold) -> Vec<String> {
    let year = Span::YEAR.as_secs();
    let planned = |name: &str, of: &SubjectFold| {
        let (planned, all) = (of.planned.fraction.mean, of.time.fraction.mean);
        (of.planned.hits > 0).then(|| {
            format!(
                "{name}: {} of the {} that it is down in a year are planned, and no matter of its contract",
                human_seconds(planned * year),
                human_seconds(all * year)
            )
        })
    };
    let not_counted = |name: &str, of: &SubjectFold| {
        let share = of.not_counted.fraction.mean * 100.0;
        (of.not_counted.hits > 0).then(|| {
            format!("{name} is not meant to run for {share:.0} % of the time, which is not counted")
        })
    };
    let mut remarks = told(by, fold, planned);
    remarks.extend(told(by, fold, not_counted));
    remarks
}

fn told(by: By, fold: &Fold, tell: impl Fn(&str, &SubjectFold) -> Option<String>) -> Vec<String> {
    let all = (0..by.topology.subjects()).filter_map(|index| {
        let name = by.topology.subject_name(index);
        let of = fold.subjects.of(index, by);
        tell(name.split_once('.').map_or(name.as_str(), |(_, name)| name), &of)
    });
    // Of a large fleet all may have something to tell.
    let (mut told, mut more) = (Vec::new(), 0);
    for text in all {
        if told.len() < TOLD {
            told.push(text);
        } else {
            more += 1;
        }
    }
    if more > 0 {
        told.push(format!("{more} more are like these"));
    }
    told
}

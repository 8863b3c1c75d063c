//! What a reader must know of the figures of single apps: planned downtime, time not counted, and time
//! without a backup.

use crate::model::topology::Topology;
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

/// Of whom there was a time in which no backup could have been restored.
pub fn unsaved(topology: &Topology, fold: &Fold) -> Vec<String> {
    let apps = topology.backups.iter().zip(&fold.backups).filter_map(|(backup, of)| {
        let share = of.without_any()?;
        let name = &topology.groups[backup.app].name;
        let share = number(share);
        Some(format!("{name}: in {share} % of the time there was NO backup that could be restored"))
    });
    shortened(apps)
}

/// A share in percent, of two digits at least.
fn number(share: f64) -> String {
    match share * 100.0 {
        percent if percent >= 10.0 => format!("{percent:.0}"),
        percent if percent >= 0.1 => format!("{percent:.1}"),
        percent => format!("{percent:.1e}"),
    }
}

fn told(by: By, fold: &Fold, tell: impl Fn(&str, &SubjectFold) -> Option<String>) -> Vec<String> {
    let all = (0..by.topology.subjects()).filter_map(|index| {
        let name = by.topology.subject_name(index);
        let of = fold.subjects.of(index, by);
        tell(name.split_once('.').map_or(name.as_str(), |(_, name)| name), &of)
    });
    shortened(all)
}

fn shortened(all: impl Iterator<Item = String>) -> Vec<String> {
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

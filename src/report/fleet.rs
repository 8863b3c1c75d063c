//! The fleet as a whole in a few words.

use super::{number, text};
use crate::study::findings::{Findings, Fleet, FleetGroup};

/// `52 of 60 meet their SLO`, `all 60 in 71.2 % of months`, `worst moment 60 down together, 48 min
/// (platform release)`; what there is nothing to say of is left out.
pub fn told(findings: &Findings) -> Vec<String> {
    let mut parts = Vec::new();
    let Some(fleet) = &findings.fleet else { return parts };
    if fleet.with_slo > 0 {
        parts.push(format!("{} of {} meet their SLO", fleet.meet_slo, fleet.with_slo));
    }
    parts.extend(by_group(fleet));
    if let Some(months) = &fleet.all_meet_slo {
        let share = number::percent(months.mean);
        parts.push(format!("all {} in {share} of months", fleet.with_slo));
    }
    if let Some(worst) = fleet.worst.as_ref().filter(|it| it.apps > 1) {
        parts.push(format!(
            "worst moment {} down together, {} ({})",
            worst.apps,
            number::duration(worst.lasted_s),
            text::clean(&worst.cause).replace('-', " "),
        ));
    }
    parts
}

/// Groups that are named; the others are counted.
const NAMED: usize = 4;

/// `missed by 3 of 12 in checkout, 1 of 12 in staff`; the group that misses most comes first.
fn by_group(fleet: &Fleet) -> Option<String> {
    let missed = |group: &FleetGroup| group.with_slo - group.meet_slo;
    let mut groups: Vec<_> = fleet.groups.iter().filter(|(_, it)| missed(it) > 0).collect();
    groups.sort_by_key(|(_, it)| std::cmp::Reverse(missed(it)));
    let told: Vec<_> = groups
        .iter()
        .take(NAMED)
        .map(|(name, it)| format!("{} of {} in {}", missed(it), it.with_slo, text::clean(name)))
        .collect();
    let more = match groups.len().saturating_sub(NAMED) {
        0 => String::new(),
        n => format!(" and some in {}", number::counted(n, "more group")),
    };
    match (groups.len(), fleet.groups.len()) {
        (_, 0) => None,
        (0, n) => Some(format!("missed by none in {}", number::counted(n, "group"))),
        _ => Some(format!("missed by {}{more}", told.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::findings::Estimate;
    use std::collections::BTreeMap;

    fn told(groups: &[(&str, usize, usize)]) -> Option<String> {
        let group = |&(name, with_slo, meet_slo): &(&str, usize, usize)| {
            (name.to_string(), FleetGroup { apps: with_slo, with_slo, meet_slo })
        };
        by_group(&Fleet {
            apps: 0,
            with_slo: 0,
            meet_slo: 0,
            groups: groups.iter().map(group).collect::<BTreeMap<_, _>>(),
            all_meet_slo: None,
            mean_down: Estimate { mean: 0.0, low: 0.0, high: 0.0, low_confidence: false },
            down_at_least: Vec::new(),
            worst: None,
        })
    }

    #[test]
    fn the_group_that_misses_most_comes_first_and_those_that_do_not_are_left_out() {
        assert_eq!(told(&[]), None);
        assert_eq!(told(&[("a", 3, 3)]).unwrap(), "missed by none in 1 group");
        let three = [("a", 3, 2), ("b", 3, 3), ("c", 4, 1)];
        assert_eq!(told(&three).unwrap(), "missed by 3 of 4 in c, 1 of 3 in a");
        let many = ["a", "b", "c", "d", "e", "f"].map(|name| (name, 2, 1));
        let told = told(&many).unwrap();
        assert!(told.ends_with("1 of 2 in d and some in 2 more groups"), "{told}");
    }
}

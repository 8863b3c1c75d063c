//! The fleet as a whole in a few words.

use super::{number, text};
use crate::study::findings::Findings;

/// `52 of 60 meet their SLO`, `all 60 in 71.2 % of months`, `worst moment 60 down together, 48 min
/// (platform release)`; what there is nothing to say of is left out.
pub fn told(findings: &Findings) -> Vec<String> {
    let mut parts = Vec::new();
    let Some(fleet) = &findings.fleet else { return parts };
    if fleet.with_slo > 0 {
        parts.push(format!("{} of {} meet their SLO", fleet.meet_slo, fleet.with_slo));
    }
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

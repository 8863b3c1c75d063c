//! What the numbers rest on, what they mean, what they leave out, and how to get them again.

use super::escape::{code, escaped, fenced};
use super::{list, section};
use crate::report::{Material, number};
use crate::study::findings::Findings;

/// Every setting in effect, the user's own first.
pub fn assumptions(findings: &Findings) -> String {
    let mut all: Vec<_> = findings.assumptions.iter().collect();
    all.sort_by_key(|a| a.default);
    let rows = all.into_iter().map(|a| {
        let text = |t: &Option<String>| t.as_deref().map_or("–".into(), escaped);
        let range = match (&a.low, &a.high) {
            (Some(low), Some(high)) => format!("{} … {}", escaped(low), escaped(high)),
            _ => "–".into(),
        };
        let whose = if a.default { "default" } else { "yours" };
        vec![
            code(&a.key),
            code(&a.value),
            range,
            format!("{whose}, {}", escaped(&a.origin)),
            text(&a.confidence),
            text(&a.source),
        ]
    });
    let headers = ["setting", "value", "range", "from", "confidence", "source"];
    section("What it rests on", &headers, rows)
}

/// What each measure means.
pub fn definitions(findings: &Findings) -> String {
    let of = |(name, text): (&String, &String)| format!("**{}**: {}", escaped(name), escaped(text));
    list("What the measures mean", findings.definitions.iter().map(of).collect())
}

/// What nobody may read into the numbers.
pub fn not_modelled(findings: &Findings) -> String {
    list("Not modelled", findings.not_modelled.iter().map(|text| escaped(text)).collect())
}

/// The command that regenerates the page, and the hashes that tell whether it did.
pub fn again(material: &Material) -> String {
    let Findings { tool, scenario, study, digest, .. } = material.findings;
    format!(
        "## How to get this again\n\n{}\n\
         - {} {}, seed {}, {} replications of {}\n\
         - scenario {}\n\
         - result {}\n\n\
         The same scenario and seed give the same result on every machine and for every number of \
         threads.\n",
        fenced(&crate::report::text::clean(&material.origin.command("run", ""))),
        escaped(&tool.name),
        escaped(&tool.version),
        study.seed,
        number::grouped(study.replications),
        number::duration(study.horizon_s),
        code(&scenario.hash),
        code(digest),
    )
}

//! The sections, in the order of a reader's questions. One that the result has nothing for is left out.

mod availability;
mod causes;
mod data;
mod method;
mod places;
mod recovery;
mod residency;
mod rests;
mod room;
mod verdict;
mod year;

use super::blocks::{Block, Section};
use crate::report::Material;
use crate::report::subjects::Named;
use crate::report::svg::pictures::architecture;
use crate::study::findings::Findings;

/// From this many on a fleet is shown as one, with its worst apart.
pub const FLEET: usize = 7;

pub fn all(material: &Material, subjects: &[Named]) -> Vec<Section> {
    let findings = material.findings;
    let sections: [(&'static str, &'static str, &str, Vec<Block>); 11] = [
        ("verdict", "Verdict", "Verdict", verdict::blocks(material, subjects)),
        ("rests", "Rests on", "What it rests on", rests::blocks(findings, subjects)),
        ("causes", "Causes", "What takes it down", causes::blocks(findings, subjects)),
        ("availability", "Availability", "Availability", availability::blocks(findings, subjects)),
        ("year", "Bad year", "One bad year", year::blocks(material)),
        ("architecture", "Architecture", "Architecture", places::architecture(findings)),
        ("residency", "Places of data", "Where the data is", residency::blocks(findings, subjects)),
        ("data", "Data", "Data", data::blocks(subjects)),
        ("failover", "Failover", "Failover clock", recovery::blocks(findings, subjects)),
        ("room", "Room", "Room", room::blocks(findings, subjects)),
        ("method", "Method", "Method", method::blocks(material)),
    ];
    let section = |(number, of): (usize, (&'static str, &'static str, &str, Vec<Block>))| {
        let (id, short, title, blocks) = of;
        Section { id, number: number + 1, title: title.into(), short, blocks }
    };
    let told = sections.into_iter().filter(|(.., blocks)| !blocks.is_empty());
    told.enumerate().map(section).collect()
}

/// What the script needs to replay the bad year on the architecture.
pub fn replay(findings: &Findings) -> Option<serde_json::Value> {
    let year = findings.bad_year.as_ref()?;
    let zones = architecture::zones(year);
    let tracks: Vec<_> = year
        .tracks
        .iter()
        .map(|track| {
            let zone = |zone: &str| zones.iter().position(|it| *it == zone).unwrap_or(0);
            let span = |s: &crate::study::findings::DownSpan| {
                serde_json::json!([
                    millis(s.from_s),
                    millis(s.to_s),
                    zone(&s.zone),
                    zone(&s.back_in)
                ])
            };
            let spans: Vec<_> = track.spans.iter().map(span).collect();
            let name = crate::report::text::clean(&track.name);
            serde_json::json!([track.kind, name, spans])
        })
        .collect();
    Some(serde_json::json!({
        "start": year.start_unix,
        "tracks": tracks,
    }))
}

/// As exact as a scrubber can be.
fn millis(seconds: f64) -> f64 {
    (seconds * 1e3).round() / 1e3
}

/// Those that lose the most first; equals in the order of their names.
pub fn by_loss<'a, 'f>(subjects: &'a [Named<'f>]) -> Vec<&'a Named<'f>> {
    let mut all: Vec<_> = subjects.iter().collect();
    all.sort_by(|a, b| b.of.lost_a_year().total_cmp(&a.of.lost_a_year()));
    all
}

//! The verdict on one screen: what holds, what does not, what takes it down, and what to do next.

mod causes;
mod footer;
mod headline;
mod table;

use super::Material;
use super::subjects;
use crate::study::findings::{Findings, Room};
use anstyle::{AnsiColor, Style};

pub use headline::sentence;

const RED: Style = AnsiColor::Red.on_default();
const GREEN: Style = AnsiColor::Green.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();

/// The whole screen, styled; at most [`super::text::WIDTH`] characters wide.
pub fn print(material: &Material) -> String {
    let subjects = subjects::all(material.findings);
    let mut screen = headline::scenario(material);
    screen += &headline::verdict(material.findings, &subjects);
    screen += &headline::expectations(material.findings, &subjects);
    screen += &table::subjects(material.findings, &subjects);
    if let Some(focus) = subjects::in_focus(material.findings, &subjects) {
        screen += &causes::table(material.findings, focus);
        screen += &causes::failover_clock(focus);
        screen += &causes::database(focus);
    }
    screen += &rooms(&subjects);
    screen += &data(material.findings, &subjects);
    screen += &files(&subjects);
    screen += &backups(&subjects);
    screen += &footer::notes(material);
    screen += &footer::commands(material);
    screen
}

/// Apps with a line on their room, and with one on their backups; of more only those with the most at
/// stake.
const ROOMS: usize = 5;

/// Load against what can be served, of every app that says what that is.
fn rooms(subjects: &[subjects::Named]) -> String {
    let line = |(s, _): (&subjects::Named, &Room)| {
        let told = super::room::line(s.of)?;
        let label = super::text::cut(&s.label, 24);
        Some(super::text::wrapped(&format!("  Room, {label}: "), &told))
    };
    super::room::busiest(subjects).into_iter().take(ROOMS).filter_map(line).collect()
}

/// Paths of data that are told on the screen.
const PATHS: usize = 4;

/// Where data may go, and how much was outside.
fn data(findings: &Findings, subjects: &[subjects::Named]) -> String {
    let Some(of) = &findings.residency else { return String::new() };
    let mut told = super::residency::lines("  Residency  ", &of.paths, PATHS);
    if told.is_empty() {
        return super::text::wrapped("  Residency  ", "no path leads outside");
    }
    if let Some(amounts) = super::residency::amounts(of) {
        told += &super::text::wrapped("             ", &amounts);
    }
    let down =
        |s: &subjects::Named| s.of.residency.as_ref().map_or(0.0, |it| it.refused_down_s.mean);
    let mut paying: Vec<_> = subjects.iter().collect();
    paying.sort_by(|a, b| down(b).total_cmp(&down(a)));
    let line = |s: &subjects::Named| {
        let price = super::residency::price(s.of.residency.as_ref()?)?;
        let label = super::text::cut(&s.label, 24);
        Some(super::text::wrapped(&format!("  Refused, {label}: "), &price))
    };
    told += &paying.into_iter().filter_map(line).take(ROOMS).collect::<String>();
    told
}

/// What became of the files of every app that has any, those that failed the most first.
fn files(subjects: &[subjects::Named]) -> String {
    let mut with: Vec<_> = subjects.iter().filter(|s| s.of.files.is_some()).collect();
    let failed = |s: &&subjects::Named| {
        let seen = s.of.files.as_ref().and_then(|it| it.seen.as_ref()?.unavailability);
        seen.map_or(0.0, |it| it.mean)
    };
    with.sort_by(|a, b| failed(b).total_cmp(&failed(a)));
    let line = |s: &subjects::Named| {
        let told = super::files::line(s.of)?;
        let label = super::text::cut(&s.label, 24);
        Some(super::text::wrapped(&format!("  Files, {label}: "), &told))
    };
    with.into_iter().take(ROOMS).filter_map(line).collect()
}

/// What could be restored of every app that is backed up, the most loss first.
fn backups(subjects: &[subjects::Named]) -> String {
    let mut with: Vec<_> = subjects.iter().filter(|s| s.of.backups.is_some()).collect();
    let oldest = |s: &&subjects::Named| {
        let age = s.of.backups.as_ref().and_then(|it| it.restorable_age_s.as_ref());
        age.map_or(0.0, |it| it.max)
    };
    with.sort_by(|a, b| oldest(b).total_cmp(&oldest(a)));
    let line = |s: &subjects::Named| {
        let told = super::backups::line(s.of)?;
        let label = super::text::cut(&s.label, 24);
        Some(super::text::wrapped(&format!("  Backups, {label}: "), &told))
    };
    with.into_iter().take(ROOMS).filter_map(line).collect()
}

/// The causes of every app and service that lost anything, those that lost the most first.
pub fn causes_of_all(findings: &Findings) -> String {
    let mut subjects = subjects::all(findings);
    subjects.sort_by(|a, b| b.of.lost_a_year().total_cmp(&a.of.lost_a_year()));
    subjects.iter().map(|s| causes::table(findings, s) + &causes::failover_clock(s)).collect()
}

/// Styled text; the escape codes vanish where the output is no terminal.
fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

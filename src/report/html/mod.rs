//! The page one sends on: one file that needs nothing else. Everything is there with script and styles
//! blocked; they only make it easier to read.

mod blocks;
mod compare;
mod sections;

use super::exit::Exit;
use super::subjects::{self, Named};
use super::terminal::sentence;
use super::{File, Material, expectation, number, text};
use crate::study::findings::{Findings, Verdict};
use blocks::Section;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, context};
use serde::Serialize;

pub use compare::page as compare;

const TEMPLATE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The page of one result.
pub fn print(material: &Material) -> String {
    let findings = material.findings;
    let subjects = subjects::all(findings);
    let sections = sections::all(material, &subjects);
    let head = head(findings, &subjects);
    render(&head, &sections, sections::replay(findings))
}

/// `report.html`.
pub fn files(material: &Material) -> Vec<File> {
    vec![File::text("report.html", print(material))]
}

/// What stands above everything.
#[derive(Serialize)]
struct Head {
    title: String,
    /// `pass`, `fail`, `undecided`, `none`: for the style.
    verdict: &'static str,
    word: String,
    sentence: String,
    facts: Vec<(String, String)>,
}

fn head(findings: &Findings, subjects: &[Named]) -> Head {
    let Findings { scenario, study, .. } = findings;
    let counted = |n: usize, one: &str| (n > 0).then(|| number::counted(n, one));
    let size = [
        counted(scenario.apps, "app"),
        counted(scenario.services, "service"),
        counted(scenario.regions, "region"),
        counted(scenario.zones, "zone"),
        counted(scenario.containers, "container"),
        counted(scenario.hosts, "host"),
    ];
    let size: Vec<_> = size.into_iter().flatten().collect();
    let simulated = format!(
        "{}, each of {} from {}",
        number::years(study.simulated_years, "simulated year"),
        number::duration(study.horizon_s),
        text::clean(&study.start),
    );
    let sentence = sentence(findings, subjects);
    let facts = [
        ("scenario", format!("{} · {}", text::clean(&scenario.name), size.join(", "))),
        ("platform", text::clean(&scenario.platform)),
        ("study", simulated),
        ("seed", study.seed.to_string()),
        ("result", findings.digest.clone()),
    ];
    Head {
        title: text::clean(&scenario.name),
        verdict: class(findings.verdict),
        word: expectation::word(findings.verdict).into(),
        sentence: format!("{} (exit code {}).", upper(&sentence), Exit::of(findings).code()),
        facts: facts.map(|(k, v)| (k.to_string(), v)).into(),
    }
}

fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Undecided => "undecided",
        Verdict::None => "none",
    }
}

/// A sentence begins with a capital, unless it begins with somebody's name.
fn upper(sentence: &str) -> String {
    let ours = ["the ", "all ", "nothing "].iter().any(|own| sentence.starts_with(own));
    let mut chars = sentence.chars();
    match chars.next() {
        Some(first) if ours => first.to_uppercase().chain(chars).collect(),
        _ => sentence.into(),
    }
}

fn render(head: &Head, sections: &[Section], replay: Option<serde_json::Value>) -> String {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    environment.set_syntax(syntax.build().expect("the usual delimiters"));
    environment.add_template("page.html", TEMPLATE).expect("the template is sound");
    let template = environment.get_template("page.html").expect("just added");
    let page = template.render(context! {
        head => Serde(head),
        sections => Serde(sections),
        replay => replay.map(|data| in_script(&data)),
        style => style(),
        script => SCRIPT,
    });
    page.expect("the template fits the sections")
}

/// Data inside a script element, which no name in it can end.
fn in_script(data: &serde_json::Value) -> String {
    let json = data.to_string();
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// The style, with the colours of the pictures for dark pages made from their one list.
fn style() -> String {
    use super::svg::Paint;
    let rule = |paint: Paint| {
        let (light, dark) = (paint.light(), paint.dark());
        format!(
            "  [fill=\"{light}\"] {{ fill: {dark} }} [stroke=\"{light}\"] {{ stroke: {dark} }}\n"
        )
    };
    let dark: String = Paint::ALL.into_iter().map(rule).collect();
    STYLE.replace("  /* colours of the pictures */\n", &dark)
}

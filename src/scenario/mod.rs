//! The user's file: read, merged with its preset, checked, and told back.
pub mod spec;

// PLACEHOLDER, to be replaced at the merge: the reading of scenarios is written on another branch.
// These are only the shapes the command line calls.
use std::path::PathBuf;

pub struct Source {
    pub path: String,
    pub text: String,
    pub dir: PathBuf,
}

pub struct Input {
    pub files: Vec<Source>,
    pub with: Vec<Source>,
    pub set: Vec<(String, String)>,
}

pub struct Loaded {
    pub scenario: spec::Scenario,
    pub hash: String,
    pub notes: Vec<String>,
    pub resolved: String,
}

#[derive(Debug)]
pub struct Mistakes {
    pub count: usize,
    pub rendered_plain: String,
}

impl Mistakes {
    pub fn rendered_styled(&self) -> String {
        self.rendered_plain.clone()
    }
}

pub fn load(input: &Input) -> Result<Loaded, Mistakes> {
    let source = &input.files[0];
    if let Err(error) = source.text.parse::<toml::Table>() {
        return Err(Mistakes { count: 1, rendered_plain: format!("error: {error}") });
    }
    let name = source.path.rsplit('/').next().unwrap_or_default().trim_end_matches(".toml");
    Ok(Loaded {
        scenario: spec::Scenario {
            name: name.into(),
            platform: "none".into(),
            study: spec::Study {
                start_unix: 0,
                horizon: crate::time::Span::YEAR,
                warm_up: crate::time::Span::ZERO,
                seed: 1,
                replications: input
                    .set
                    .iter()
                    .find(|(key, _)| key == "study.replications")
                    .and_then(|(_, n)| n.parse().ok()),
                precision: None,
                of: vec![],
                max_replications: 1,
                confidence: 0.95,
                stop: spec::Stop::Horizon,
                importance: None,
                at: vec![],
            },
            regions: vec![],
            apps: vec![],
            hosts: vec![],
            dependencies: vec![],
            services: vec![],
            crews: vec![],
            failures: vec![],
            incidents: vec![],
            expectations: vec![],
            settings: vec![],
        },
        hash: "0".repeat(64),
        notes: vec![],
        resolved: source.text.clone(),
    })
}

pub fn explain(key: &str) -> Result<String, String> {
    Err(format!("unknown key `{key}`"))
}

pub fn json_schema() -> serde_json::Value {
    serde_json::json!({ "$schema": "https://json-schema.org/draft/2020-12/schema" })
}

//! Scenarios with known answers: run them, and judge what they give.

pub mod closed_forms;
pub mod rows;

use rows::{Known, Reading, Row};
use serde_json::Value;
use std::sync::atomic::AtomicBool;
use zonefall::scenario::{Input, Source, load};
use zonefall::study::{self, Options};

pub const FOLDER: &str = "scenarios/validation";
/// How far a figure without luck may be from its exact value, relative to it.
pub const CERTAIN: f64 = 1e-9;
/// Standard errors from the mean to a limit, two-sided.
pub const AT_95: f64 = 1.959_963_984_540_054;
pub const AT_999: f64 = 3.290_526_731_491_89;

/// The text of a scenario of the folder.
pub fn text(file: &str) -> String {
    let path = format!("{FOLDER}/{file}.toml");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Runs a scenario with some settings of its own and gives its result as JSON.
#[track_caller]
pub fn run(text: &str, set: &[(&str, &str)]) -> Value {
    let source = Source { path: "case.toml".into(), text: text.into(), dir: FOLDER.into() };
    let set = set.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    let input = Input { files: vec![source], with: Vec::new(), set };
    let loaded = load(&input).unwrap_or_else(|mistakes| panic!("{}", mistakes.rendered_plain));
    let threads = std::thread::available_parallelism().map_or(1, |it| it.get());
    let options =
        Options { threads, progress: &|_| (), stop: &AtomicBool::new(false), keep_rows: false };
    let outcome = study::run(&loaded.scenario, &loaded.hash, &options);
    serde_json::to_value(&outcome.findings).expect("findings can be written as JSON")
}

/// What a pointer names. The phases that a downtime waited for come in the order of their size, so that
/// they are looked up by name.
fn looked_up<'r>(result: &'r Value, pointer: &str) -> Option<&'r Value> {
    let Some((before, phase)) = pointer.split_once("/waited_for/") else {
        return result.pointer(pointer);
    };
    let (phase, rest) = phase.split_once('/')?;
    let phases = result.pointer(&format!("{before}/waited_for"))?.as_array()?;
    phases.iter().find(|it| it["phase"] == phase)?.pointer(&format!("/{rest}"))
}

/// An estimate in the unit of its row, with limits at the confidence of its study.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    pub mean: f64,
    pub low: f64,
    pub high: f64,
}

impl Found {
    #[track_caller]
    pub fn at(result: &Value, pointer: &str, reading: Reading) -> Found {
        let estimate = looked_up(result, pointer).unwrap_or_else(|| panic!("no {pointer}"));
        let number = |key| estimate[key].as_f64().unwrap_or_else(|| panic!("{pointer}/{key}"));
        let (mean, low, high) = (number("mean"), number("low"), number("high"));
        match reading {
            Reading::Plain => Found { mean, low, high },
            Reading::Minutes => Found { mean: mean / 60.0, low: low / 60.0, high: high / 60.0 },
            Reading::Hours => Found { mean: mean / 3600.0, low: low / 3600.0, high: high / 3600.0 },
            Reading::Millis => Found { mean: mean * 1e3, low: low * 1e3, high: high * 1e3 },
            Reading::Complement => Found { mean: 1.0 - mean, low: 1.0 - high, high: 1.0 - low },
        }
    }

    pub fn half_width(&self) -> f64 {
        (self.high - self.low) / 2.0
    }

    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

/// A row and how far a study is from it.
#[derive(Clone, Debug)]
pub struct Judged {
    pub row: &'static Row,
    pub known: &'static Known,
    pub found: Found,
    /// What is wrong, if anything.
    pub fault: Option<String>,
}

impl Judged {
    /// Judges a study at 99.9 % by the width that is prescribed for the row.
    pub fn new(row: &'static Row, result: &Value) -> Judged {
        let known = rows::known(row.id);
        let found = Found::at(result, row.at, row.reading);
        let mut judged = Judged { row, known, found, fault: None };
        let (tolerance, off) = (known.tolerance, (found.mean - known.exact).abs());
        let relative = judged.half_width() / found.mean;
        if judged.is_certain() {
            let off = off / known.exact;
            judged.fault = (off > CERTAIN).then(|| format!("off by {off:e} of it"));
            return judged;
        }
        judged.fault = match known.tolerance_kind.as_str() {
            "ci_halfwidth_relative" if relative > tolerance => Some(format!("± {relative:.4}")),
            "ci_halfwidth_relative" => judged.outside(),
            "relative" if off > tolerance * known.exact => Some(format!("off by {off:e}")),
            "absolute" if off > tolerance => Some(format!("off by {off:e}")),
            "relative" | "absolute" => None,
            other => panic!("{other} is no kind of tolerance"),
        };
        judged
    }

    /// Nothing in it is left to luck, so that it must agree digit by digit.
    pub fn is_certain(&self) -> bool {
        self.found.half_width() <= 1e-12 * self.found.mean
    }

    /// That the exact value is not in the 99.9 % interval.
    pub fn outside(&self) -> Option<String> {
        (!self.is_certain() && !self.found.contains(self.known.exact))
            .then(|| format!("{:?}", self.found))
    }

    /// Half the width of the 95 % interval. Where Student's t is used this is a little too wide.
    pub fn half_width(&self) -> f64 {
        self.found.half_width() * AT_95 / AT_999
    }

    /// Standard errors between ours and the exact value.
    pub fn z(&self) -> f64 {
        if self.is_certain() {
            return 0.0;
        }
        (self.found.mean - self.known.exact) / (self.found.half_width() / AT_999)
    }
}

/// SplitMix64 (Steele, Lea & Flood 2014): parameters that are the same on every run.
pub struct Chance(pub u64);

impl Chance {
    /// In [0, 1).
    pub fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Between the limits, evenly on the logarithmic scale, with four digits: what is written into the
    /// scenario is exactly what the closed form is told.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        let drawn = low * libm::exp(self.uniform() * libm::log(high / low));
        format!("{drawn:.3e}").parse().expect("a number")
    }

    /// A whole number between the limits, both included.
    pub fn count(&mut self, low: u32, high: u32) -> u32 {
        low + (self.uniform() * f64::from(high - low + 1)) as u32
    }

    pub fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.count(0, of.len() as u32 - 1) as usize]
    }
}

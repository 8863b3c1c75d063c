//! Distributions: a plain quantity, or `{ dist = "lognormal", median = "77min", sigma = 0.85 }`.

use super::csv_file;
use super::kinds::{not_a_choice, unfit};
use super::mistakes::Mistake;
use super::names::{listed, quoted};
use super::registry::{Key, PART};
use super::sources::At;
use super::tree::{Node, Value};
use super::units::{self, Wrong};
use super::view::View;
use crate::engine::Dist;

/// What the random quantity is, and with it the unit of every parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// Seconds, at least 0.
    Time,
    /// A share, in [0, 1].
    Share,
}

/// What a plain quantity stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plain {
    Constant,
    ExponentialMean,
}

/// The sets of parameters that a distribution can be given by.
fn parameter_sets(dist: &str) -> &'static [&'static [&'static str]] {
    match dist {
        "constant" => &[&["value"], &["mean"]],
        "exponential" => &[&["mean"]],
        "erlang" => &[&["k", "mean"]],
        "weibull" => &[&["mean", "shape"], &["scale", "shape"]],
        "lognormal" => {
            &[&["median", "sigma"], &["mean", "sigma"], &["median", "p95"], &["mean", "p95"]]
        }
        "uniform" => &[&["high", "low"]],
        "gamma" => &[&["scale", "shape"], &["cv", "mean"]],
        "beta" => &[&["concentration", "mean"]],
        "empirical" => &[&["column", "file", "unit"], &["column", "file"]],
        "mixture" => &[&["parts"]],
        _ => unreachable!("the registry lists no distribution {dist}"),
    }
}

/// The distribution a key gives, or its default.
pub(crate) fn law(view: View<'_>, name: &str, of: Of, plain: Plain) -> Option<Dist> {
    let key = view.key(name);
    match view.node(name) {
        Some(node) => law_of(view, key, node, of, plain),
        None => built(view, view.at, plain, units::duration(key.default?).ok()?),
    }
}

/// The distribution that a node is.
pub(crate) fn law_of(
    view: View<'_>,
    key: &'static Key,
    node: &Node,
    of: Of,
    plain: Plain,
) -> Option<Dist> {
    let dist = match &node.value {
        Value::Table(_) => distribution(view.table_of(key, node)?, of)?,
        Value::Text(_) => {
            let value = view.quantity_of(key, node, |text| amount(text, of))?;
            built(view, node.at, plain, value)?
        }
        _ => {
            view.reading.mistake(unfit(key, node));
            return None;
        }
    };
    if of == Of::Share && dist.survival(1.0) > 0.0 {
        let title = format!("`{}` must stay within 0% and 100%", key.name);
        let help = "use uniform, beta, or a mixture of these and of constants";
        view.reading.mistake(Mistake::new(node.at, title).help(help));
        return None;
    }
    Some(dist)
}

fn built(view: View<'_>, at: At, plain: Plain, value: f64) -> Option<Dist> {
    match plain {
        Plain::Constant => accept(view, at, Dist::constant(value)),
        Plain::ExponentialMean => accept(view, at, Dist::exponential(value)),
    }
}

/// A distribution, or the reason why its parameters make none.
fn accept<E: std::fmt::Display>(view: View<'_>, at: At, made: Result<Dist, E>) -> Option<Dist> {
    made.map_err(|error| {
        view.reading.mistake(Mistake::new(at, format!("this is no distribution: {error}")));
    })
    .ok()
}

fn amount(text: &str, of: Of) -> Result<f64, Wrong> {
    match of {
        Of::Time => units::duration(text),
        Of::Share => units::share(text),
    }
}

fn distribution(view: View<'_>, of: Of) -> Option<Dist> {
    let dist = view.choice("dist")?;
    let given: Vec<&str> =
        view.table.entries.keys().map(String::as_str).filter(|name| *name != "dist").collect();
    let sets = parameter_sets(dist);
    if !sets.contains(&given.as_slice()) {
        view.reading.mistake(wrong_parameters(view, dist, sets, &given));
        return None;
    }
    if dist == "beta" && of == Of::Time {
        let title = "a beta distribution is for shares only";
        let help = "for a duration use gamma, lognormal or weibull";
        view.reading.mistake(Mistake::new(view.at("dist"), title).help(help));
        return None;
    }
    let quantity = |name: &str| {
        let key = view.key(name);
        view.quantity_of(key, view.node(name)?, |text| amount(text, of))
    };
    let has = |name: &str| given.contains(&name);
    let at = view.at;
    match dist {
        "constant" => {
            accept(view, at, Dist::constant(quantity(if has("mean") { "mean" } else { "value" })?))
        }
        "exponential" => accept(view, at, Dist::exponential(quantity("mean")?)),
        "erlang" => accept(view, at, Dist::erlang(view.count("k")? as u32, quantity("mean")?)),
        "weibull" if has("mean") => {
            accept(view, at, Dist::weibull_mean(view.number("shape")?, quantity("mean")?))
        }
        "weibull" => {
            accept(view, at, Dist::weibull_scale(view.number("shape")?, quantity("scale")?))
        }
        "lognormal" => {
            let dist = match (has("median"), has("sigma")) {
                (true, true) => {
                    Dist::lognormal_median_sigma(quantity("median")?, view.number("sigma")?)
                }
                (false, true) => {
                    Dist::lognormal_mean_sigma(quantity("mean")?, view.number("sigma")?)
                }
                (true, false) => Dist::lognormal_median_p95(quantity("median")?, quantity("p95")?),
                (false, false) => Dist::lognormal_mean_p95(quantity("mean")?, quantity("p95")?),
            };
            accept(view, at, dist)
        }
        "uniform" => accept(view, at, Dist::uniform(quantity("low")?, quantity("high")?)),
        "gamma" if has("cv") => {
            accept(view, at, Dist::gamma_mean_cv(quantity("mean")?, view.number("cv")?))
        }
        "gamma" => {
            accept(view, at, Dist::gamma_shape_scale(view.number("shape")?, quantity("scale")?))
        }
        "beta" => accept(view, at, Dist::beta(quantity("mean")?, view.number("concentration")?)),
        "empirical" => accept(view, at, Dist::empirical(&measured(view, of)?)),
        _ => mixture(view, of),
    }
}

fn wrong_parameters(view: View<'_>, dist: &str, sets: &[&[&str]], given: &[&str]) -> Mistake {
    let sets: Vec<_> = sets.iter().map(|set| listed(set, "and")).collect();
    let help = format!("{dist} takes {}", sets.join(", or "));
    let stray = given
        .iter()
        .find(|name| !sets.iter().any(|set| set.split([' ', ',']).any(|p| p == **name)));
    match stray {
        Some(name) => {
            let at = view.table.get(name).map_or(view.at, |entry| entry.key_at);
            let title = format!("`{}` is no parameter of {dist}", quoted(name));
            Mistake::new(at, title).help(help)
        }
        None => {
            Mistake::new(view.at("dist"), format!("these parameters make no {dist}")).help(help)
        }
    }
}

/// The values of an `empirical` distribution in base units.
fn measured(view: View<'_>, of: Of) -> Option<Vec<f64>> {
    let (file, column) = (view.word("file")?, view.word("column")?);
    let unit = match view.has("unit") {
        true => view.choice("unit")?,
        false if of == Of::Share => "%",
        false => {
            view.missing("unit", "say what the values are in, e.g. unit = \"min\"");
            return None;
        }
    };
    if (unit == "%") != (of == Of::Share) {
        let node = view.node("unit")?;
        view.reading.mistake(not_a_choice(view.key("unit"), node));
        return None;
    }
    let per_unit = match of {
        Of::Share => 0.01,
        Of::Time => units::duration(&format!("1{unit}")).ok()?,
    };
    let table = csv_file::read(view.reading, file.text, file.at)?;
    let index = table.column(view.reading, column.text, column.at)?;
    let before = view.reading.mistake_count();
    let mut values = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let cell = row.cells.get(index).map_or("", |cell| cell.trim());
        match cell.parse::<f64>() {
            Ok(value) if value.is_finite() && value >= 0.0 => values.push(value * per_unit),
            _ => {
                let title = format!("`{}` is no finite number of at least 0", quoted(cell));
                view.reading.mistake(Mistake::new(row.at, title));
            }
        }
    }
    (view.reading.mistake_count() == before).then_some(values)
}

fn mixture(view: View<'_>, of: Of) -> Option<Dist> {
    let key = view.key("parts");
    let node = view.node("parts")?;
    let Value::List(items) = &node.value else {
        view.reading.mistake(unfit(key, node));
        return None;
    };
    let mut parts = Vec::new();
    for item in items {
        let Some(table) = item.table() else {
            view.reading.mistake(Mistake::new(item.at, "a part is { share = \"20%\", value = … }"));
            continue;
        };
        let part = View { table, shape: &PART, at: item.at, title: "this part", ..view };
        let value = part.node("value");
        let value =
            value.and_then(|node| law_of(part, part.key("value"), node, of, Plain::Constant));
        parts.extend(part.share("share").zip(value));
    }
    if parts.len() < items.len() {
        return None;
    }
    let total: f64 = parts.iter().map(|(share, _)| share).sum();
    if (total - 1.0).abs() > 1e-9 {
        let title = format!("the shares of the parts add up to {}%", (total * 1e8).round() / 1e6);
        view.reading.mistake(Mistake::new(node.at, title).help("they must add up to 100%"));
        return None;
    }
    accept(view, view.at, Dist::mixture(&parts))
}

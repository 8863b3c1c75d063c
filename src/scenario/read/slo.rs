//! Contracts: `slo` on an app or a service.

use super::study::check_period;
use crate::scenario::kinds::unfit;
use crate::scenario::mistakes::Mistake;
use crate::scenario::spec::{Expectation, Period, Relation, Slo, SloMeasure, Study};
use crate::scenario::tree::{Node, Value};
use crate::scenario::units;
use crate::scenario::view::View;

/// Reads `slo`, plain or as a table.
pub(super) fn slo(view: View<'_>, has_load: bool) -> Option<Slo> {
    let key = view.key("slo");
    let node = view.node("slo")?;
    if let Value::Text(_) = node.value {
        let target = target(view, key, node)?;
        let of = if has_load { SloMeasure::Requests } else { SloMeasure::Time };
        return Some(Slo { targets: vec![target], per: Period::Month, of, share: None });
    }
    let view = view.table_of(key, node)?;
    let key = view.key("availability");
    let targets: Vec<f64> = match view.node("availability")? {
        Node { value: Value::List(items), at } => {
            if items.is_empty() {
                view.reading.mistake(Mistake::new(*at, "`availability` is empty"));
            }
            items.iter().filter_map(|item| target(view, key, item)).collect()
        }
        node => target(view, key, node).into_iter().collect(),
    };
    let per = match view.choice("per")? {
        "month" => Period::Month,
        "year" => Period::Year,
        _ => Period::Horizon,
    };
    let of = match view.choice("of") {
        Some("requests") => {
            if !has_load {
                let help = "add `load`, or judge it by of = \"time\"";
                view.reading.mistake(
                    Mistake::new(view.at("of"), "without a load nothing is counted by request")
                        .help(help),
                );
            }
            SloMeasure::Requests
        }
        Some("time") => SloMeasure::Time,
        Some("sla-minutes") => SloMeasure::SlaMinutes,
        Some(_) => SloMeasure::StartedMinutes,
        None if has_load => SloMeasure::Requests,
        None => SloMeasure::Time,
    };
    let share = share_of_periods(view, per);
    Some(Slo { targets, per, of, share })
}

fn target(
    view: View<'_>,
    key: &'static crate::scenario::registry::Key,
    node: &Node,
) -> Option<f64> {
    if !matches!(node.value, Value::Text(_)) {
        view.reading.mistake(unfit(key, node));
        return None;
    }
    let target = view.quantity_of(key, node, units::share)?;
    if target > 0.0 && target < 1.0 {
        return Some(target);
    }
    let title = format!("`{}` must be more than 0% and less than 100%", key.name);
    view.reading.mistake(Mistake::new(node.at, title));
    None
}

fn share_of_periods(view: View<'_>, per: Period) -> Option<f64> {
    let word = view.word("in")?;
    let period = match per {
        Period::Month => "months",
        Period::Year => "years",
        Period::Horizon => {
            let title = "a contract over the whole horizon has no share of periods";
            view.reading.mistake(
                Mistake::new(word.at, title).help("leave out `in`, or judge it per month or year"),
            );
            return None;
        }
    };
    share_of(view, "in", period)
}

/// `95% of months`: the share, where the period is the expected one.
pub(super) fn share_of(view: View<'_>, name: &str, period: &str) -> Option<f64> {
    let word = view.word(name)?;
    let parts = word.text.split_once(" of ").filter(|(_, unit)| unit.trim() == period);
    let share = parts.and_then(|(share, _)| units::share(share).ok());
    if let Some(share) = share.filter(|share| *share > 0.0 && *share < 1.0) {
        return Some(share);
    }
    let title = format!("`{name}` must be a share of {period} between 0% and 100%");
    view.reading
        .mistake(Mistake::new(word.at, title).help(format!("write {name} = \"95% of {period}\"")));
    None
}

/// The expectation that a contract is: with `in`, that the share of periods meets it; without, that
/// the availability over all of them does.
pub(super) fn expectation(
    view: View<'_>,
    path: &str,
    slo: &Slo,
    study: &Study,
    has_window: bool,
) -> Option<Expectation> {
    let target = *slo.targets.first()?;
    let (of, measure) = match slo.of {
        // M3: planned downtime is no matter of contracts.
        SloMeasure::Requests if has_window => ("requests", "unplanned_requests"),
        SloMeasure::Requests => ("requests", "requests"),
        SloMeasure::Time if has_window => ("time", "unplanned_time"),
        SloMeasure::Time => ("time", "time"),
        SloMeasure::SlaMinutes => ("SLA minutes", "sla_minutes"),
        SloMeasure::StartedMinutes => ("started minutes", "started_minutes"),
    };
    let contract = format!("{} % of {of}", percent(target));
    let (that, path, bound) = match slo.share {
        Some(share) => {
            check_period(view, study, slo.per, view.at("slo"));
            let periods = if slo.per == Period::Year { "years" } else { "months" };
            let that = format!("{contract} in {} % of {periods}", percent(share));
            (that, format!("{path}.slo.met"), share)
        }
        None => (contract, format!("{path}.availability.{measure}"), target),
    };
    Some(Expectation {
        that,
        path,
        relation: Relation::AtLeast,
        bound,
        share_of_years: None,
        from_slo: true,
    })
}

/// A share in percent with the digits it was written with: 0.9995 is `99.95`.
pub(super) fn percent(share: f64) -> f64 {
    (share * 1e12).round() / 1e10
}

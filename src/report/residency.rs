//! Where data may go and went, in words.

use super::{number, text};
use crate::study::findings::{
    AppResidency, DataPath, Findings, Judged, LedgerRow, PathVerdict, Residency,
};

/// `loja: nightly backup sa-east-1 → us-east-1 leaves BR, with no failure at all`
pub fn path(of: &DataPath) -> String {
    let app = text::clean(&of.app);
    let what = text::clean(&of.asset);
    let (from, to, leaves) = (text::clean(&of.from), text::clean(&of.to), text::clean(&of.leaves));
    let condition = text::clean(&of.condition);
    let way = if from.is_empty() { format!("in {to}") } else { format!("{from} → {to}") };
    match of.verdict {
        PathVerdict::Violation => format!("{app}: {what} {way} leaves {leaves}, {condition}"),
        PathVerdict::Refused => {
            format!("{app}: {what} {way} would leave {leaves} and is refused, {condition}")
        }
        PathVerdict::Excepted => {
            let basis = text::clean(of.basis.as_deref().unwrap_or_default());
            format!("{app}: {what} {way} leaves {leaves} by exception ({basis}), {condition}")
        }
        PathVerdict::Unknown => {
            format!("{app}: where {what} processes {} data is not known", of.data)
        }
    }
}

/// The paths of which there are most to tell first: violations, then what is refused, then the rest.
pub fn ranked(paths: &[DataPath]) -> Vec<&DataPath> {
    let mut all: Vec<_> = paths.iter().collect();
    all.sort_by_key(|it| match it.verdict {
        PathVerdict::Violation => 0,
        PathVerdict::Refused => 1,
        PathVerdict::Unknown => 2,
        PathVerdict::Excepted => 3,
    });
    all
}

/// The same, with what goes the same way together: `nightly, weekly and monthly backup`.
pub fn together(paths: &[DataPath]) -> Vec<DataPath> {
    let mut all: Vec<DataPath> = Vec::new();
    let way = |it: &DataPath| {
        let last = it.asset.rsplit(' ').next().unwrap_or_default().to_owned();
        let (from, to, basis) = (it.from.clone(), it.to.clone(), it.basis.clone());
        (it.app.clone(), it.verdict as u8, it.condition.clone(), last, from, to, basis)
    };
    let mut kinds: Vec<Vec<String>> = Vec::new();
    for path in ranked(paths) {
        let kind = path.asset.rsplit_once(' ').map(|(kind, _)| kind.to_owned());
        match all.iter().position(|it| it.asset.contains(' ') && way(it) == way(path)) {
            Some(place) => kinds[place].extend(kind),
            None => {
                all.push(path.clone());
                kinds.push(kind.into_iter().collect());
            }
        }
    }
    for (path, kinds) in all.iter_mut().zip(&kinds) {
        if let ([first @ .., last], Some((_, word))) =
            (kinds.as_slice(), path.asset.rsplit_once(' '))
            && !first.is_empty()
        {
            path.asset = format!("{} and {last} {word}", first.join(", "));
        }
    }
    all
}

/// Lines of a block that is labelled once: at most `most`, then how many more.
pub fn lines(label: &str, paths: &[DataPath], most: usize) -> String {
    let ranked = together(paths);
    let mut out = String::new();
    for (index, it) in ranked.iter().take(most).enumerate() {
        let first = if index == 0 { label.to_owned() } else { " ".repeat(text::width(label)) };
        out += &text::wrapped(&first, &path(it));
    }
    if ranked.len() > most {
        let more = number::grouped((ranked.len() - most) as u64);
        out += &text::wrapped(&" ".repeat(text::width(label)), &format!("and {more} more paths"));
    }
    out
}

/// `data of loja leaves BR`, of an expectation on residency that fails.
pub fn failing(findings: &Findings, judged: &Judged, label: &str) -> Option<String> {
    let name = judged.subject.strip_prefix("app.")?;
    let leaves = &findings.app.get(name)?.residency.as_ref()?.keep_in;
    judged.on_residency.then(|| format!("data of {label} leaves {}", text::clean(leaves)))
}

/// The most telling path of an expectation on residency: what it is, and from which country to which.
/// Nothing where no violation comes without a failure.
pub fn always<'f>(findings: &'f Findings, judged: &Judged) -> Option<&'f DataPath> {
    let name = judged.subject.strip_prefix("app.").filter(|_| judged.on_residency)?;
    let paths = findings.residency.as_ref()?.paths.iter();
    let mut own = paths.filter(|it| it.app == name && it.verdict == PathVerdict::Violation);
    own.find(|it| it.is_unconditional())
}

/// `nightly backup: BR → US`
pub fn crossing(of: &DataPath) -> String {
    let from = text::clean(&of.leaves);
    format!("{}: {from} → {}", text::clean(&of.asset), text::clean(&of.country))
}

/// `378 violations, 8 760 h outside and 12 refused moves a year`
pub fn amounts(of: &Residency) -> Option<String> {
    let (begun, hours) = (of.violations_per_year?, of.hours_per_year?);
    let refused = of.refused_per_year?;
    let told = |mean: f64| number::significant(mean, 2);
    Some(format!(
        "{} violations, {} h outside and {} refused moves a year",
        told(begun.mean),
        told(hours.mean),
        told(refused.mean)
    ))
}

/// What refusals cost: `with it, should its region be lost for good, nothing is left; a copy in eu-central-1
/// (DE) would be 14 h old on average, p99 26 h`, and the downtime that they brought.
pub fn price(of: &AppResidency) -> Option<String> {
    let mut told = Vec::new();
    if of.refused_down_s.mean > 0.0 {
        let down = number::duration(of.refused_down_s.mean);
        told.push(format!("down {down} a year after refused moves"));
    }
    if of.refused_lost_s.mean > 0.0 {
        let lost = number::duration(of.refused_lost_s.mean);
        told.push(format!("restores lose {lost} a year more for want of refused backups"));
    }
    if of.refused_all_lost_per_year.mean > 0.0 {
        let often = number::significant(of.refused_all_lost_per_year.mean, 2);
        told.push(format!("all is lost {often} times a year that they would have saved"));
    }
    if let Some(copies) = &of.refused_copies {
        let age = &copies.age_s.spread;
        let mean = number::duration(age.mean.mean);
        let p99 =
            age.p99.map_or_else(String::new, |it| format!(", p99 {}", number::duration(it.mean)));
        let (to, country) = (text::clean(&copies.to), text::clean(&copies.country));
        told.push(format!(
            "should its region be lost for good, no backup is left; in {to} ({country}) there would be one, \
             {mean} old on average{p99}"
        ));
    }
    (!told.is_empty()).then(|| told.join(" · "))
}

/// What a row of the ledger is called: `container shop/1, processed`.
pub fn asset(row: &LedgerRow) -> String {
    let processed = if row.processed { ", processed" } else { "" };
    format!("{}{processed}", text::clean(&row.asset))
}

/// What brought it there: `one-cause → restored`, `no failure: taken → copied`.
pub fn chain(row: &LedgerRow) -> String {
    let chain = text::clean(&row.chain.join(" → "));
    if row.cause.is_empty() { format!("no failure: {chain}") } else { chain }
}

/// What became of a row of the ledger.
pub fn verdict(row: &LedgerRow) -> String {
    match row.verdict {
        PathVerdict::Violation => "violation".into(),
        PathVerdict::Refused => {
            let mut told =
                vec![format!("down {} for it", number::duration(row.down_s.unwrap_or(0.0)))];
            if let Some(lost) = row.lost_s.filter(|&it| it > 0.0) {
                told.push(format!("{} more of data lost", number::duration(lost)));
            }
            if row.all_lost.is_some() {
                told.push("all lost that it would have saved".into());
            }
            format!("refused; {}", told.join(", "))
        }
        PathVerdict::Excepted => {
            format!("allowed: {}", text::clean(row.basis.as_deref().unwrap_or_default()))
        }
        PathVerdict::Unknown => "not known".into(),
    }
}

//! What is told of an app's database: its failover step by step, what restores lost, and faults by class.

use super::number;
use crate::study::findings::{Estimate, Percentiles, Recovery, RecoveryClass, Subject};

/// `detect 21 s · decide 9 s · promote 60 s · reconnect 33 s = 123 s mean, p95 3.2 min`
pub fn failover(of: &Subject) -> Option<String> {
    let clock = of.database.as_ref()?.failover_s.as_ref()?;
    let steps = [
        ("detect", &clock.detect),
        ("decide", &clock.decide),
        ("promote", &clock.promote),
        ("reconnect", &clock.reconnect),
    ];
    let told = |(name, p): (&str, &Percentiles)| {
        (p.mean.mean > 0.0).then(|| format!("{name} {}", number::duration(p.mean.mean)))
    };
    let steps: Vec<_> = steps.into_iter().filter_map(told).collect();
    let total = number::duration(clock.total.mean.mean);
    let p95 = clock.total.p95.as_ref().map(|e| format!(", p95 {}", number::rough_duration(e)));
    let steps = if steps.is_empty() { "at once".into() } else { steps.join(" · ") };
    Some(format!("{steps} = {total} mean{}", p95.unwrap_or_default()))
}

/// `0.012 restores a year; 5.2 min lost on average, p95 9.1 min, at most 9.9 min; 21 MiB each, p95 30 MiB, at
/// most 40 MiB`
pub fn data_loss(of: &Subject) -> Option<String> {
    let loss = of.data_loss_s.as_ref()?;
    let copied = of.database.as_ref().is_some_and(|it| it.copies_promoted_per_year.is_some());
    let losses = if copied { "losses" } else { "restores" };
    let Some(window) = &loss.window else {
        let often = number::at_most(loss.events_per_year.high);
        return Some(format!("none seen, at most {often} {losses} a year"));
    };
    let mut told = format!(
        "{} {losses} a year; {} lost on average",
        number::significant(loss.events_per_year.mean, 2),
        number::rough_duration(&window.mean),
    );
    if let Some(p95) = &window.p95 {
        told += &format!(", p95 {}", number::rough_duration(p95));
    }
    told += &format!(", the longest {}", number::duration(loss.max));
    if let Some(each) = &loss.bytes {
        told += &format!("; {} each", number::bytes(each.mean.mean));
        if let Some(p95) = &each.p95 {
            told += &format!(", p95 {}", number::bytes(p95.mean));
        }
        told +=
            &loss.bytes_max.map_or(String::new(), |it| format!(", at most {}", number::bytes(it)));
    }
    Some(told)
}

/// The heads of [`phases`].
pub const PHASE_HEADS: [&str; 5] = ["phase", "mean", "p50", "p95", "p99"];

/// A row for each step of the failover, and one for all of it; nothing where none was seen.
pub fn phases(of: &Subject) -> Option<Vec<Vec<String>>> {
    let clock = of.database.as_ref()?.failover_s.as_ref()?;
    let steps = [
        ("detect", &clock.detect),
        ("decide", &clock.decide),
        ("promote", &clock.promote),
        ("reconnect", &clock.reconnect),
        ("total", &clock.total),
    ];
    let told = |e: &Estimate| number::rough_duration(e);
    Some(steps.map(|(name, p)| spread(name, p, told)).to_vec())
}

/// The heads of [`losses`].
pub const LOSS_HEADS: [&str; 6] = ["each loss", "mean", "p50", "p95", "p99", "most"];

/// A row for the window of data that a loss takes, and one for the bytes in it where they are known; nothing
/// where none was seen.
pub fn losses(of: &Subject) -> Option<Vec<Vec<String>>> {
    let loss = of.data_loss_s.as_ref()?;
    let with = |mut row: Vec<String>, most: String| {
        row.push(most);
        row
    };
    let window = spread("window", loss.window.as_ref()?, number::rough_duration);
    let mut rows = vec![with(window, number::duration(loss.max))];
    if let Some((bytes, most)) = loss.bytes.as_ref().zip(loss.bytes_max) {
        let rough = |e: &Estimate| {
            format!("{}{}", if e.low_confidence { "~" } else { "" }, number::bytes(e.mean))
        };
        rows.push(with(spread("bytes", bytes, rough), number::bytes(most)));
    }
    Some(rows)
}

/// `0.40 losses a year (0.32 … 0.48); 8.4 MiB a year (6.1 … 11 MiB)`: how often, and how much in all.
pub fn losses_a_year(of: &Subject) -> Option<String> {
    let loss = of.data_loss_s.as_ref().filter(|it| it.seen > 0)?;
    let often = number::plain(&loss.events_per_year, "");
    let mut told = format!("{} losses a year ({})", often.point(), often.interval());
    if let Some(all) = &loss.bytes_per_year {
        let [mean, low, high] = [all.mean, all.low, all.high].map(number::bytes);
        told += &format!("; {mean} a year ({low} … {high})");
    }
    Some(told)
}

/// `detect`, its mean and its percentiles.
fn spread(name: &str, of: &Percentiles, told: impl Fn(&Estimate) -> String) -> Vec<String> {
    let at = |e: Option<&Estimate>| e.map_or("–".into(), &told);
    vec![name.into(), told(&of.mean), at(of.p50.as_ref()), at(of.p95.as_ref()), at(of.p99.as_ref())]
}

/// `to eu-west-1 0.011 times a year, called off 0.07 times; 0.012 % of the time away`
pub fn fallback(of: &Subject) -> Option<String> {
    let fallback = of.fallback.as_ref()?;
    let times = |estimate: &Estimate| number::significant(estimate.mean, 2);
    Some(format!(
        "to {} {} times a year, called off {} times; {} of the time away",
        fallback.region,
        times(&fallback.per_year),
        times(&fallback.called_off_per_year),
        number::percent(fallback.away.mean),
    ))
}

/// The head of the table of faults by class; with a target also how many recover within it.
pub fn heads(with_target: bool) -> Vec<&'static str> {
    let mut heads = vec!["fault class", "times a year", "minutes", "over by p50", "p95"];
    if with_target {
        heads.push("within target");
    }
    heads.push("data lost p95");
    heads
}

/// A row of that table.
pub fn row(of: &RecoveryClass, with_target: bool) -> Vec<String> {
    let told = |e: Option<&Estimate>| e.map_or("–".into(), number::rough_duration);
    let mut row = vec![
        of.class.clone(),
        number::significant(of.per_year.mean, 2),
        number::minutes(of.downtime_per_year_s),
        told(of.p50.as_ref()),
        told(of.p95.as_ref()),
    ];
    if with_target {
        row.push(of.met.as_ref().map_or("–".into(), |e| number::percent(e.mean)));
    }
    row.push(told(of.lost_p95_s.as_ref()));
    row
}

/// `The control plane takes nothing down by itself: 3.2 of these minutes waited for it.`
pub fn note(of: &Recovery) -> Option<String> {
    let waited = of.classes.iter().find_map(|class| class.waited_for_per_year_s)?;
    let minutes = match waited {
        0.0 => "none".into(),
        waited => number::minutes(waited),
    };
    let of_which = "of these minutes waited for it";
    Some(format!("The control plane takes nothing down by itself: {minutes} {of_which}."))
}

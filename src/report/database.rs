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

/// `0.012 restores a year; 5.2 min lost on average, p95 9.1 min; 21 MiB a year`
pub fn data_loss(of: &Subject) -> Option<String> {
    let loss = of.data_loss_s.as_ref()?;
    let window = loss.window.as_ref()?;
    let copied = of.database.as_ref().is_some_and(|it| it.copies_promoted_per_year.is_some());
    let mut told = format!(
        "{} {} a year; {} lost on average",
        number::significant(loss.events_per_year.mean, 2),
        if copied { "losses" } else { "restores" },
        number::rough_duration(&window.mean),
    );
    if let Some(p95) = &window.p95 {
        told += &format!(", p95 {}", number::rough_duration(p95));
    }
    if let Some(each) = loss.bytes_per_event {
        told += &format!("; {} each", bytes(each));
    }
    Some(told)
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

/// `21 MiB`
pub fn bytes(bytes: f64) -> String {
    const UNITS: [&str; 6] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    let mut scaled = bytes;
    let mut unit = 0;
    while scaled >= 1024.0 && unit + 1 < UNITS.len() {
        scaled /= 1024.0;
        unit += 1;
    }
    format!("{} {}", number::significant(scaled, 2), UNITS[unit])
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

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn bytes_are_told_in_the_unit_that_fits() {
        assert_eq!(bytes(0.0), "0 B");
        assert_eq!(bytes(1536.0), "1.5 KiB");
        assert_eq!(bytes(22.0 * 1024.0 * 1024.0), "22 MiB");
    }
}

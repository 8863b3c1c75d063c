//! Load against what can be served, in words: one line for each app that has a capacity.

use super::number;
use super::subjects::Named;
use super::text;
use crate::study::findings::{Autoscaled, Latency, Room, Subject};

/// A smaller share of the time is half a minute a year.
const WORTH_TELLING: f64 = 1e-6;

/// `82.4 % busy at a peak of 412/s · 123 % after losing any one zone, too much · answered in …`
pub fn line(of: &Subject) -> Option<String> {
    let room = of.capacity.as_ref()?;
    let mut parts = vec![
        format!("{} busy at a peak of {}", busy(room.busy), rate(room.peak)),
        after_a_zone(room),
    ];
    if let Some(share) = room.overloaded.filter(|it| it.mean >= WORTH_TELLING) {
        parts.push(format!("overloaded {} of the time", number::percent(share.mean)));
    }
    parts.extend(of.autoscaling.as_ref().map(scaled));
    parts.extend(of.latency_s.as_ref().map(latency));
    Some(parts.join(" · "))
}

/// `82.4 % after losing any one zone, enough until 2027-08-27`
pub fn after_a_zone(room: &Room) -> String {
    let Some(after) = room.busy_after_zone_outage else {
        return "none left after losing its zone".into();
    };
    let until = match &room.runs_out_after_zone_outage {
        Some(_) if after > 1.0 => ", too much".into(),
        Some(day) => format!(", enough until {}", text::clean(day)),
        None => String::new(),
    };
    format!("{} after losing any one zone{until}", busy(after))
}

/// `2.31 containers on average, 410 orders a year`
pub fn scaled(of: &Autoscaled) -> String {
    format!(
        "{} containers on average, {} orders a year",
        number::significant(of.containers.mean, 3),
        number::significant(of.orders_per_year.mean, 3)
    )
}

/// `answered in 121 ms on average, p95 300 ms, p99 460 ms`
fn latency(of: &Latency) -> String {
    let mut told = format!("answered in {} on average", seconds(of.mean.mean));
    for (name, value) in [("p95", of.p95), ("p99", of.p99)] {
        told += &value.map_or(String::new(), |it| format!(", {name} {}", seconds(it.mean)));
    }
    told
}

/// Those with a capacity, the busiest after the loss of a zone first.
pub(super) fn busiest<'a, 'f>(subjects: &'a [Named<'f>]) -> Vec<(&'a Named<'f>, &'f Room)> {
    let with = subjects.iter().filter_map(|named| Some((named, named.of.capacity.as_ref()?)));
    let mut with: Vec<_> = with.collect();
    let left = |room: &Room| room.busy_after_zone_outage.unwrap_or(f64::INFINITY);
    with.sort_by(|a, b| left(b.1).total_cmp(&left(a.1)));
    with
}

/// A share of what can be served: `82 %`, `1 240 %`.
pub fn busy(share: f64) -> String {
    if share.is_finite() && share < 1e6 {
        format!("{} %", number::significant(share * 100.0, if share < 0.1 { 2 } else { 3 }))
    } else {
        "–".into()
    }
}

/// Requests per second: `412/s`, `0.30/s`.
pub fn rate(per_second: f64) -> String {
    format!("{}/s", number::significant(per_second, if per_second < 1.0 { 2 } else { 3 }))
}

/// A wait, where milliseconds matter and less does not.
pub fn seconds(seconds: f64) -> String {
    match seconds {
        s if s > 0.0 && s < 0.001 => format!("{} ms", number::significant(s * 1e3, 2)),
        s => number::duration(s),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_rates_have_the_digits_they_deserve() {
        let told = [0.0412, 0.55, 0.8238, 1.649, 12.34, f64::INFINITY].map(busy);
        assert_eq!(told, ["4.1 %", "55.0 %", "82.4 %", "165 %", "1 234 %", "–"]);
        assert_eq!([0.3, 4.0, 412.3].map(rate), ["0.30/s", "4.00/s", "412/s"]);
        assert_eq!([0.0, 2.4e-4, 0.0415].map(seconds), ["0 s", "0.24 ms", "42 ms"]);
    }
}

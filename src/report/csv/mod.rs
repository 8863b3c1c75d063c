//! Tidy tables for spreadsheets, DuckDB and pandas: one observation a row, the unit in the column's
//! name or at the end of the path (`_s` is seconds). Nothing is rounded. A name that a spreadsheet would
//! take for a formula stands behind an apostrophe, which makes it text there.

mod kept;

use super::{File, Material, subjects};
use crate::study::findings::{Estimate, Residency};
use serde_json::Value;

/// Every estimate, one a row.
pub fn print(material: &Material) -> String {
    estimates(material)
}

/// `estimates.csv`, `replications.csv` and `causes.csv`; `fault-classes.csv` where an app has a database or a
/// target; `databases.csv`, `buckets.csv` and `backups.csv` where there are any; `residency.csv`,
/// `inventory.csv` and `inventory-per-year.csv` where an app says where its data may be.
pub fn files(material: &Material) -> Vec<File> {
    let residency = material.findings.residency.as_ref();
    let residency = residency.into_iter().flat_map(|of| {
        let files = [
            ("residency.csv", ledger(of)),
            ("inventory.csv", inventory(of)),
            ("inventory-per-year.csv", inventory_per_year(of)),
        ];
        files.map(|(name, text)| File::text(name, text))
    });
    let always = vec![
        File::text("estimates.csv", estimates(material)),
        File::text("replications.csv", replications(material)),
        File::text("causes.csv", causes(material)),
    ];
    let recovery = subjects::all(material.findings).iter().any(|s| s.of.recovery.is_some());
    let classes = recovery.then(|| File::text("fault-classes.csv", fault_classes(material)));
    always.into_iter().chain(classes).chain(kept::files(material.rows)).chain(residency).collect()
}

/// Every row of the ledger of the worst replication.
fn ledger(of: &Residency) -> String {
    let columns = [
        "app",
        "data",
        "asset",
        "processed",
        "place",
        "country",
        "since_s",
        "until_s",
        "bytes",
        "byte_hours",
        "cause",
        "chain",
        "verdict",
        "basis",
        "down_s",
        "lost_s",
        "all_lost",
    ];
    let rows = of.ledger.iter().map(|row| {
        let verdict = serde_json::to_value(row.verdict).expect("a word");
        vec![
            name(&row.app),
            row.data.clone(),
            name(&row.asset),
            row.processed.to_string(),
            name(&row.place),
            row.country.clone(),
            number(row.since_s),
            optional(row.until_s),
            row.bytes.to_string(),
            number(row.byte_hours),
            name(&row.cause),
            name(&row.chain.join(" → ")),
            verdict.as_str().unwrap_or_default().to_owned(),
            name(row.basis.as_deref().unwrap_or_default()),
            optional(row.down_s),
            optional(row.lost_s),
            row.all_lost.map(|it| it.to_string()).unwrap_or_default(),
        ]
    });
    table(&columns, rows)
}

/// Where everything was.
fn inventory(of: &Residency) -> String {
    let columns = [
        "app",
        "data",
        "asset",
        "processed",
        "place",
        "country",
        "since_s",
        "until_s",
        "stays",
        "at_once",
        "byte_hours",
        "verdict",
        "basis",
    ];
    let rows = of.inventory.iter().map(|row| {
        let verdict = row.verdict.map(|it| serde_json::to_value(it).expect("a word"));
        vec![
            name(&row.app),
            row.data.clone(),
            name(&row.asset),
            row.processed.to_string(),
            name(&row.place),
            row.country.clone(),
            number(row.since_s),
            optional(row.until_s),
            row.stays.to_string(),
            number(row.at_once),
            number(row.byte_hours),
            verdict.as_ref().and_then(|it| it.as_str()).unwrap_or("inside").to_owned(),
            name(row.basis.as_deref().unwrap_or_default()),
        ]
    });
    table(&columns, rows)
}

/// Where everything was on average.
fn inventory_per_year(of: &Residency) -> String {
    let columns = [
        "app",
        "data",
        "asset",
        "processed",
        "place",
        "country",
        "at_once",
        "at_once_low",
        "at_once_high",
        "byte_hours_per_year",
        "byte_hours_per_year_low",
        "byte_hours_per_year_high",
        "verdict",
        "basis",
    ];
    let rows = of.inventory_per_year.iter().map(|row| {
        let verdict = row.verdict.map(|it| serde_json::to_value(it).expect("a word"));
        vec![
            name(&row.app),
            row.data.clone(),
            name(&row.asset),
            row.processed.to_string(),
            name(&row.place),
            row.country.clone(),
            number(row.at_once.mean),
            number(row.at_once.low),
            number(row.at_once.high),
            number(row.byte_hours_per_year.mean),
            number(row.byte_hours_per_year.low),
            number(row.byte_hours_per_year.high),
            verdict.as_ref().and_then(|it| it.as_str()).unwrap_or("inside").to_owned(),
            name(row.basis.as_deref().unwrap_or_default()),
        ]
    });
    table(&columns, rows)
}

/// Every number of the JSON result under `app`, `service`, `components` and `residency`, by its path there:
/// what the result gains is in the table without a line of code here. Estimates have their interval, plain
/// numbers only a `mean`.
fn estimates(material: &Material) -> String {
    let findings = material.findings;
    let mut rows = vec![];
    let parts = [
        ("app", serde_json::to_value(&findings.app)),
        ("service", serde_json::to_value(&findings.service)),
        ("components", serde_json::to_value(&findings.components)),
        ("residency", serde_json::to_value(&findings.residency)),
    ];
    for (path, part) in parts {
        let part = part.expect("findings have string keys only, so they can always be written");
        collect(path, &part, &mut rows);
    }
    table(&["path", "mean", "low", "high", "low_confidence"], rows)
}

fn collect(path: &str, value: &Value, rows: &mut Vec<Vec<String>>) {
    match value {
        Value::Object(map) => {
            let mut of_estimate: &[&str] = &[];
            if let (Some(mean), Some(low), Some(high)) =
                (map.get("mean"), map.get("low"), map.get("high"))
                && !mean.is_object()
            {
                let rough = map.get("low_confidence").is_some_and(|v| v == true);
                rows.push(vec![name(path), cell(mean), cell(low), cell(high), rough.to_string()]);
                of_estimate = &["mean", "low", "high"];
            }
            for (key, value) in map.iter().filter(|(key, _)| !of_estimate.contains(&key.as_str())) {
                collect(&format!("{path}.{key}"), value, rows);
            }
        }
        Value::Array(list) => {
            let of = path.rsplit('.').next().unwrap_or_default();
            // Tables, spreads and ledgers have files or pictures of their own.
            let told = list.iter().enumerate().filter(|(_, item)| item.is_object());
            for (place, item) in told.filter(|_| !["static", "ledger", "inventory"].contains(&of)) {
                collect(&format!("{path}.{}", called(of, item, place)), item, rows);
            }
        }
        Value::Number(_) => {
            rows.push(vec![
                name(path),
                cell(value),
                String::new(),
                String::new(),
                false.to_string(),
            ]);
        }
        _ => {}
    }
}

/// What an item of a list is called: by what it is of, so that its rows keep their paths when the order
/// changes.
fn called(list: &str, item: &Value, place: usize) -> String {
    let keys = ["cause", "class", "month", "phase", "series", "zone"];
    if let Some(name) = keys.iter().find_map(|key| item[key].as_str()) {
        return name.to_string();
    }
    let word = |key: &str| item[key].as_str().map_or_else(|| cell(&item[key]), str::to_string);
    match list {
        "slo" => format!("{} of {} per {}", word("target"), word("of"), word("per")),
        "at" => format!("{}s", word("at_s")),
        "over" => format!("{}s", word("seconds")),
        "inventory_per_year" => {
            let parts = ["app", "data", "asset", "processed", "place", "verdict"].map(word);
            parts.join("/")
        }
        // So many or more are down.
        "down_at_least" => (place + 1).to_string(),
        _ => place.to_string(),
    }
}

/// A number of the result; what is not known is empty.
fn cell(value: &Value) -> String {
    match value.as_f64() {
        Some(number) if value.is_f64() => self::number(number),
        Some(_) => value.to_string(),
        None => value.as_bool().map_or_else(String::new, |it| it.to_string()),
    }
}

fn replications(material: &Material) -> String {
    let columns = [
        "subject",
        "replication",
        "downtime_s",
        "time_any_s",
        "sla_minutes",
        "started_minutes",
        "outages",
        "first_outage_s",
        "requests",
        "failed_requests",
        "episodes",
        "absorbed",
    ];
    let rows = material.rows.subjects.iter().map(|r| {
        vec![
            name(&r.subject),
            r.replication.to_string(),
            number(r.downtime_s),
            number(r.time_any_s),
            r.sla_minutes.to_string(),
            r.started_minutes.to_string(),
            r.outages.to_string(),
            optional(r.first_outage_s),
            optional(r.requests),
            optional(r.failed_requests),
            r.episodes.to_string(),
            r.absorbed.to_string(),
        ]
    });
    table(&columns, rows)
}

fn causes(material: &Material) -> String {
    let columns = [
        "subject",
        "cause",
        "per_year",
        "per_year_low",
        "per_year_high",
        "seen",
        "absorbed",
        "downtime_share",
        "downtime_s_per_year",
        "requests_share",
        "lost_s_per_year",
        "over_by_p95_s",
        "over_by_p95_s_low",
        "over_by_p95_s_high",
        "contributing_s_per_year",
    ];
    let subjects = subjects::all(material.findings);
    let rows = subjects.iter().flat_map(|s| s.of.causes.iter().map(|c| (&s.path, c)));
    let rows = rows.map(|(subject, c)| {
        let over = |pick: fn(&Estimate) -> f64| optional(c.over_by_p95_s.as_ref().map(pick));
        vec![
            name(subject),
            name(&c.cause),
            number(c.per_year.mean),
            number(c.per_year.low),
            number(c.per_year.high),
            c.seen.to_string(),
            c.absorbed.to_string(),
            optional(c.downtime_share.map(|it| it.mean)),
            number(c.downtime_per_year_s),
            optional(c.requests_share.map(|it| it.mean)),
            optional(c.lost_per_year_s),
            over(|e| e.mean),
            over(|e| e.low),
            over(|e| e.high),
            number(c.contributing_per_year_s),
        ]
    });
    table(&columns, rows)
}

/// Faults by class, of each app that has a database or a target.
fn fault_classes(material: &Material) -> String {
    let columns = [
        "subject",
        "class",
        "per_year",
        "per_year_low",
        "per_year_high",
        "seen",
        "downtime_s_per_year",
        "waited_for_s_per_year",
        "over_by_p50_s",
        "over_by_p95_s",
        "within_target_share",
        "restores",
        "lost_p95_s",
    ];
    let subjects = subjects::all(material.findings);
    let rows = subjects.iter().filter_map(|s| Some((&s.path, s.of.recovery.as_ref()?)));
    let rows = rows.flat_map(|(path, of)| of.classes.iter().map(move |class| (path, class)));
    let rows = rows.map(|(subject, class)| {
        let mean = |of: &Option<Estimate>| optional(of.as_ref().map(|it| it.mean));
        vec![
            name(subject),
            class.class.clone(),
            number(class.per_year.mean),
            number(class.per_year.low),
            number(class.per_year.high),
            class.seen.to_string(),
            number(class.downtime_per_year_s),
            optional(class.waited_for_per_year_s),
            mean(&class.p50),
            mean(&class.p95),
            mean(&class.met),
            class.restores.to_string(),
            mean(&class.lost_p95_s),
        ]
    });
    table(&columns, rows)
}

/// A name as text: never the beginning of a formula.
fn name(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula { format!("'{text}") } else { text.into() }
}

/// What could not be estimated is an empty cell, as it is `null` in JSON; zero has no sign.
fn number(value: f64) -> String {
    if value.is_finite() { (value + 0.0).to_string() } else { String::new() }
}

/// An absent value is an empty cell.
fn optional(value: Option<f64>) -> String {
    value.map(number).unwrap_or_default()
}

fn table(columns: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let all_in_memory = "a row as long as the header, written to memory, cannot fail";
    writer.write_record(columns).expect(all_in_memory);
    for row in rows {
        writer.write_record(&row).expect(all_in_memory);
    }
    let bytes = writer.into_inner().expect(all_in_memory);
    String::from_utf8(bytes).expect("made of strings only")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_no_formulas_and_numbers_stay_numbers() {
        let names = ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "\t=1", "shop", "a=b"];
        let told = names.map(name);
        assert!(told[..5].iter().all(|n| n.starts_with('\'')), "{told:?}");
        assert_eq!(told[5..], ["shop", "a=b"]);
        assert_eq!([-1.5, -0.0, f64::NAN].map(number), ["-1.5", "0", ""]);
    }

    #[test]
    fn every_row_is_called_by_what_it_is_of() {
        let value = serde_json::json!({
            "recovery": { "classes": [
                { "class": "zone", "per_year": 2.0, "p50": { "mean": 3.0, "low": 2.0, "high": 4.0 } },
                { "class": "host", "per_year": -0.0, "p50": null },
            ] },
            "slo": [{ "target": 0.9995, "of": "requests", "per": "month", "periods": 12, "met": null }],
            "latency": { "over": [{ "seconds": 0.5, "wait": { "mean": 0.1, "low": 0.0, "high": 0.2 } }] },
            "at": [{ "at_s": 3600.0, "unavailability": { "mean": 0.0, "low": 0.0, "high": 0.1 } }],
            "down_at_least": [{ "mean": 0.5, "low": 0.4, "high": 0.6, "low_confidence": true }],
            "spread_s": [[0.5, 12.0]],
        });
        let mut rows = Vec::new();
        collect("app.shop", &value, &mut rows);
        let told: Vec<String> = rows.iter().map(|row| row.join(",")).collect();
        let expected = [
            "app.shop.recovery.classes.zone.per_year,2,,,false",
            "app.shop.recovery.classes.zone.p50,3,2,4,false",
            "app.shop.recovery.classes.host.per_year,0,,,false",
            "app.shop.slo.0.9995 of requests per month.target,0.9995,,,false",
            "app.shop.slo.0.9995 of requests per month.periods,12,,,false",
            "app.shop.latency.over.0.5s.seconds,0.5,,,false",
            "app.shop.latency.over.0.5s.wait,0.1,0,0.2,false",
            "app.shop.at.3600s.at_s,3600,,,false",
            "app.shop.at.3600s.unavailability,0,0,0.1,false",
            "app.shop.down_at_least.1,0.5,0.4,0.6,true",
        ];
        assert_eq!(told, expected);
    }
}

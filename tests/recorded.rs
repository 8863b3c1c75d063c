//! Faults that really happened, replayed: what single regions and zones were worth, to the minute.

mod common;

use common::timeline::{Told, tell};
use std::collections::BTreeMap;

const RECORD: &str = include_str!("../scenarios/data/zone-outages-2018-2021.csv");

/// Four years from the start of 2018, with a service for every zone of two regions and one that needs them all.
fn told() -> Told {
    let regions = [("eu-central-1", "DE"), ("ap-northeast-1", "JP")];
    let mut text = "[study]\nstart = 2018-01-01\nhorizon = \"1461d\"\n\
                    [recorded.record]\nfile = \"../scenarios/data/zone-outages-2018-2021.csv\"\n"
        .to_string();
    for (region, country) in regions {
        text += &format!("[region.{region}]\ncountry = \"{country}\"\nzones = 3\n");
        let zones = ["a", "b", "c"].map(|letter| format!("\"zone.{region}{letter}\""));
        for (letter, zone) in ["a", "b", "c"].iter().zip(&zones) {
            text += &format!("[service.{region}{letter}]\nrequires = {{ all = [{zone}] }}\n");
        }
        let zones = zones.join(", ");
        text += &format!("[service.{region}]\nrequires = {{ all = [{zones}] }}\n");
    }
    tell(&text)
}

/// Minutes since the start of 2018 of `2019-08-23T03:36:00Z`, by counting days.
fn minutes(moment: &str) -> u64 {
    let number = |range: std::ops::Range<usize>| moment[range].parse::<u64>().unwrap();
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    let leap = |year: u64| year.is_multiple_of(4);
    let days = |month: u64| {
        [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month as usize - 1]
    };
    let before = (2018..year).map(|it| 365 + u64::from(leap(it))).sum::<u64>();
    let in_year = (1..month).map(days).sum::<u64>() + day - 1;
    assert_eq!(&moment[16..], ":00Z", "the record is to the minute");
    (before + in_year) * 1440 + number(11..13) * 60 + number(14..16)
}

#[test]
fn the_record_gives_the_availability_of_each_zone_and_region_to_the_minute() {
    let told = told();
    let mut down: BTreeMap<String, Vec<(u64, u64)>> = BTreeMap::new();
    let rows = RECORD.lines().filter(|line| !line.starts_with('#')).skip(1);
    for row in rows {
        let cells: Vec<_> = row.split(',').collect();
        let zone = cells[2].strip_prefix("zone.").expect("a zone").to_string();
        let span = (minutes(cells[0]), minutes(cells[1]));
        down.entry(zone[..zone.len() - 1].to_string()).or_default().push(span);
        down.entry(zone).or_default().push(span);
    }
    assert!(down.len() >= 4, "two regions and a zone of each: {down:?}");
    for (name, mut spans) in down {
        spans.sort_unstable();
        // No two rows of one region overlap, so that their minutes add up.
        assert!(spans.windows(2).all(|two| two[0].1 <= two[1].0), "{name}: {spans:?}");
        let minute = 60_000_000_000;
        let outages: Vec<_> = spans.iter().map(|it| (it.0 * minute, it.1 * minute)).collect();
        let all: u64 = spans.iter().map(|it| it.1 - it.0).sum();
        told.of(&format!("service.{name}")).outages(&outages).causes(&[("record", all * minute)]);
    }
}

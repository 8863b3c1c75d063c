//! Apps that go to another region, and copies of databases there, as incident timelines with answers
//! worked out by hand, to the nanosecond. Times in comments are seconds since the start.

mod common;

use common::timeline::{D, H, MIN, S, Told, tell};
use zonefall::model::world::Phase::*;

/// Noticed at once where a container is lost, started in 40 s.
const MANAGER: &str = "health_manager = { detect_crash = \"0s\", detect_hang = \"0s\", \
    detect_loss = \"0s\", start = \"40s\", crash_ladder = \"none\", start_timeout = \"none\" }\n";

/// Decided in an hour, prepared in half of one, clients led there in two minutes; back after a day.
const FALLBACK: &str =
    "fallback = { region = \"s\", decision = \"1h\", prepare = \"30min\", dns = \"2min\", return = \"1d\" }\n";

const REPLICA: &str = "mode = \"multi-az\"\nrebuild = { takes = \"1h\" }\n\
    maintenance = { rate = \"0/y\", takes = \"50s\" }\n\
    failover = { reconnect = \"30s\" }\n\
    replica = { lag = \"7s\", decision = \"3h\", promote = \"5min\" }\n";

/// An app with two containers in a region of two zones; another one of two zones is there too.
#[track_caller]
fn shop(app: &str, database: &str, rest: &str) -> Told {
    let database = match database {
        "" => String::new(),
        it => format!("[app.shop.database]\n{it}"),
    };
    tell(&format!(
        "[study]\nhorizon = \"4d\"\n\
         [region.r]\ncountry = \"DE\"\nzones = [\"ra\", \"rb\"]\n\
         [region.s]\ncountry = \"IE\"\nzones = [\"sa\", \"sb\"]\n\
         [app.shop]\nregion = \"r\"\ncontainers = 2\nload = \"10/s\"\n{MANAGER}{app}{database}\n{rest}"
    ))
}

fn incident(name: &str, kind: &str, target: &str, at: u64, lasts: u64) -> String {
    format!(
        "[[incident]]\nname = \"{name}\"\nkind = \"{kind}\"\ntarget = \"{target}\"\n\
         at = \"{at}s\"\nlasts = \"{lasts}s\"\n"
    )
}

#[test]
fn an_app_without_data_goes_elsewhere_and_comes_home() {
    let told = shop(FALLBACK, "", &incident("out", "outage", "region.r", 1000, 10_000));
    // Decided at 4600, ordered at 6400, started at 6440, clients there at 6560. The region is back at
    // 11 000, the return ordered a day later at 97 400: stopped, started at home until 97 440, led home
    // until 97 560.
    told.states(1000 * S, "shop Deciding by r")
        .states(4600 * S, "shop Preparing by r")
        .states(6400 * S, "shop Moving by s")
        .states(6400 * S, "shop/1 starts in sa")
        .states(6400 * S, "shop/2 starts in sb")
        .states(6440 * S, "shop Shifting by s")
        .states(6560 * S, "shop Away by s")
        .states(11_000 * S, "shop Returning by s")
        .states(97_400 * S, "shop Moving by r")
        .states(97_400 * S, "shop/1 starts in ra")
        .states(97_560 * S, "shop Home by r");
    let shop = told.of("app.shop");
    shop.outages(&[(1000 * S, 6560 * S), (97_400 * S, 97_560 * S)]);
    shop.causes(&[("out", 5560 * S), ("return-home", 160 * S)]);
    shop.waited(&[(Operator, 5400 * S), (Start, 80 * S), (Rerouting, 240 * S)]);
    shop.episodes(&[("out", true, [0, 0, 5400 * S, 40 * S, 120 * S])]);
    shop.failed(10.0 * 5720.0);
}

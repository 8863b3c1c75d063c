//! Wrong scenarios: every message, with its place and remedy.

use zonefall::scenario::{Input, Mistakes, Source, load};

const HEAD: &str = "version = 1\nplatform = \"mendix-cloud@2026-11\"\n";
const SHOP: &str = "[app.shop]\nregion = \"eu-central-1\"\nplan = \"premium\"\n";

fn file(path: &str, text: &str) -> Source {
    Source { path: path.into(), text: text.into(), dir: "tests/data".into() }
}

#[track_caller]
fn mistakes(input: &Input) -> Mistakes {
    match load(input) {
        Ok(loaded) => panic!("no mistake was found; notes: {:?}", loaded.notes),
        Err(mistakes) => mistakes,
    }
}

fn rendered(text: &str) -> String {
    mistakes(&Input { files: vec![file("estate.toml", text)], ..Input::default() }).rendered_plain
}

/// Each mistake on one line: `line:column title · words under the place · help`.
#[track_caller]
fn told(text: &str) -> Vec<String> {
    let rendered = rendered(text);
    let mut all = Vec::new();
    for block in rendered.split("error: ").skip(1) {
        let mut lines = block.lines();
        let title = lines.next().unwrap_or_default();
        let place = lines.next().and_then(|line| line.split_once("--> "));
        let place = place.map_or("", |(_, place)| place.trim_start_matches("estate.toml:"));
        let mut line = format!("{place} {title}");
        for rest in lines {
            if let Some((_, label)) = rest.rsplit_once("^ ") {
                line += &format!(" · {label}");
            } else if let Some((_, help)) = rest.split_once("= help: ") {
                line += &format!(" · {help}");
            }
        }
        all.push(line);
    }
    all
}

/// What is appended to a sound `[app.shop]` (the next line is line 6), and what is said of it.
const WRONG: &[(&str, &[&str])] = &[
    (
        "[failure.overload]\nkind = \"crash\"\ntargets = \"app.shop\"\nmtbf = \"1d\"",
        &[
            "6:10 the causes of downtime call something else `overload` · give it another name; taken are overload, …",
        ],
    ),
    (
        "[[incident]]\nname = \"maintenance\"\nkind = \"crash\"\ntarget = \"app.shop\"\nat = \"1d\"",
        &[
            "7:8 the causes of downtime call something else `maintenance` · give it another name; taken are …",
        ],
    ),
    (
        "[[change]]\nname = \"evacuation\"\napp = \"shop\"\nat = \"1d\"",
        &[
            "7:8 the causes of downtime call something else `evacuation` · give it another name; taken are overload, bad-deployment, autoscaling, evacuation and return-home",
        ],
    ),
    (
        "autoscaling = { target = \"70%\", max = 3, every = \"1min\", cool_down = \"5min\" }",
        &[
            "6:1 autoscaling needs a load, and what a container can serve of it · add `load` and `capacity`, or `concurrency` and `service_time`",
        ],
    ),
    (
        "load = \"9/s\"\ncapacity = \"9/s\"\nautoscaling = { target = \"70%\", min = 2, max = 3, every = \"0s\", cool_down = \"5min\" }",
        &["8:48 `containers` (1) is not within 2 and 3", "8:59 `every` must be more than 0s"],
    ),
    (
        "load = \"9/s\"\ncapacity = \"9/s\"\nautoscaling = { target = \"70%\", max = 3, every = \"1s\", cool_down = \"5min\" }\n[[change]]\napp = \"shop\"\nat = \"1d\"\ncontainers = 2",
        &["12:14 how many containers shop has is decided by its load · keep one of them"],
    ),
    (
        "load = \"9/s\"\nmemory = \"1GiB\"\ncapacity = { \"1GiB\" = \"9/s\" }\n[[change]]\napp = \"shop\"\nat = \"1d\"\nmemory = \"2GiB\"",
        &[
            "12:10 the capacity of shop goes by its memory, and stays as it is · give one `capacity` for all sizes, or leave the memory as it is",
        ],
    ),
    (
        "[evacuation]\nevery = \"3w\"",
        &[
            "7:9 there are no hosts to replace · describe them: `hosts` of a region, or [host.NAME] with `memory`",
        ],
    ),
    (
        "[load_balancer]\nrouters = 0\nttl = \"60s\"",
        &["8:7 there are no routers before which it could stand · write how many: routers = 3"],
    ),
    (
        "router.pruning = { renewed = \"3min\", after = \"120s\", every = \"0s\" }",
        &[
            "6:30 entries would be dropped between two renewals ·          ------ dropped after · `renewed` must be at most `after`",
            "6:62 `every` must be more than 0s",
        ],
    ),
    (
        "router.pruning = \"tls\"",
        &[r#"6:18 `tls` is no value of `pruning` · `pruning` takes "none""#],
    ),
    ("contaners = 2", &["6:1 unknown key `contaners` in [app.shop] · did you mean `containers`?"]),
    (
        "load = 12",
        &[
            r#"6:8 `load` needs a unit · 12 what? · write "12/s", "12/min" or "12/h" (requests per time)"#,
        ],
    ),
    (
        r#"load = "40""#,
        &[r#"6:8 `load` needs a unit · 40 what? · write "12/s", "12/min" or "12/h""#],
    ),
    (
        r#"load = "0/s""#,
        &[
            "6:8 `load` must be more than 0 · leave the key out: nothing is then measured by request",
        ],
    ),
    (
        r#"load = { mean = "40/s", profile = "office-hour" }"#,
        &[r#"6:35 there is no profile `office-hour` · did you mean `office-hours`?"#],
    ),
    (
        r#"load = { mean = "40/s", profile = "office-hours", timezone = "Europe/Berlim" }"#,
        &[r#"6:62 there is no time zone `Europe/Berlim` · did you mean `Europe/Berlin`?"#],
    ),
    (
        r#"load = { mean = "40/s", timezone = "UTC", align = "start" }"#,
        &[
            "6:36 a constant load has no time zone · add `profile`, or remove it",
            "6:51 `align` belongs to a trace · add `trace`, or remove it",
        ],
    ),
    (
        r#"load = { profile = "flat" }"#,
        &[r#"6:1 load needs `mean` · write mean = "40/s", or give a `trace`"#],
    ),
    (
        r#"load = { mean = "40/s", growth = "30%" }"#,
        &[
            r#"6:34 `growth` needs a unit · per what? · write growth per time such as "30%/y" or "-5%/y""#,
        ],
    ),
    (
        r#"load = { mean = "40/s", growth = "30%/h" }"#,
        &[
            "6:34 `growth` changes the load by more than a factor of a million within the study · write less, or a shorter `horizon`",
        ],
    ),
    (
        r#"load = { trace = "week.csv", profile = "flat" }"#,
        &[
            "6:18 a trace needs either `column` or `count` · column = \"…\" names requests per second, count = \"…\" requests counted in a row",
            "6:40 a load has a trace or a `profile`, not both",
        ],
    ),
    (
        r#"load = { trace = "week.csv", column = "rps", mean = "3/s", scale = 2, unit = "s" }"#,
        &[
            "6:68 `mean` and `scale` both say how large the trace is",
            "6:78 the times of this trace are dates, which have no unit · leave it out",
        ],
    ),
    (
        r#"load = { trace = "counts.csv", count = "requests", align = "weekday" }"#,
        &[
            "6:60 the times of this trace are numbers, so its weekdays are not known · leave out `align`",
        ],
    ),
    (
        r#"load = { trace = "backwards.csv", column = "rps" }"#,
        &[
            "backwards.csv:3:1 the rows of a trace come in order of time, each later",
            "backwards.csv:4:1 `many` is no finite number of at least 0",
            "backwards.csv:5:1 `noon` is no time of a trace",
        ],
    ),
    (r#"capacity = "10/s""#, &["6:12 a capacity without a load is never used · add `load`"]),
    (
        r#"load = "4/s"
queue_places = 10"#,
        &[
            "7:16 `queue_places` belongs to a queue, which needs `concurrency` · add how many requests one container serves at once",
        ],
    ),
    (
        r#"load = "4/s"
concurrency = 10"#,
        &[
            r#"3:6 [app.shop] needs `service_time` or `capacity` · write service_time = "100ms" or capacity = "250/s""#,
        ],
    ),
    (
        r#"load = "4/s"
concurrency = 10
capacity = "20/s"
service_time = "1s"
queue_places = 3"#,
        &[
            "9:16 the mean of `service_time` and `capacity` both say how fast a container is · keep one: capacity = concurrency ÷ service time",
        ],
    ),
    (
        r#"load = "4/s"
concurrency = 10
capacity = "20/s""#,
        &[
            r#"3:6 [app.shop] needs `queue_places` · say how many requests may wait, e.g. 100, 0 or "unlimited""#,
        ],
    ),
    (
        r#"load = "4/s"
memory = "3GiB"
capacity = { "2GiB" = "20/s", "4 gigs" = "40/s" }"#,
        &[
            "8:31 `4 gigs` is no size of a container · unknown unit `gigs` · write a size such as \"512MiB\", \"2GiB\" or \"1TB\"",
        ],
    ),
    (
        r#"load = "4/s"
memory = "3GiB"
capacity = { "2GiB" = "20/s" }"#,
        &[
            "7:10 `capacity` does not tell what a container of this memory can serve · it tells 2GiB",
        ],
    ),
    (
        r#"load = "4/s"
capacity = { "2GiB" = "20/s" }"#,
        &[
            "7:1 `capacity` goes by the memory of a container, which is not given · add `memory`: 2GiB",
        ],
    ),
    (
        "needs = 3
containers = 2",
        &["6:9 `needs` is more than `containers` (2) · it could never be up"],
    ),
    (r#"memory = "64GiB""#, &["6:10 `memory` must be within 1GiB and 32GiB"]),
    (
        r#"memory = "32GiB"
containers = 5"#,
        &["6:10 containers × memory is more than the largest pack has (128GiB)"],
    ),
    ("containers = 0", &["6:14 `containers` must be at least 1"]),
    ("containers = 20_000", &["6:14 `containers` must be at most 10000"]),
    (r#"containers = "2""#, &["6:14 `containers` must be a whole number · this is a text"]),
    (
        r#"database = { mode = "multy-az" }"#,
        &["6:21 `multy-az` is no value of `mode` · did you mean `multi-az`?"],
    ),
    (
        r#"database = { mode = "single", nothing_left = "restore" }"#,
        &[
            "6:1 database needs `size` · the restore goes by `throughput`: say how much data there is",
        ],
    ),
    (
        r#"database = { mode = "single", size = "1GiB", nothing_left = "restore" }
backups = "none""#,
        &[
            "6:1 there is nothing to restore from · ship the log, e.g. logs = { every = \"5min\" }, or say its `size` and back it up",
        ],
    ),
    (
        r#"database = { mode = "single", restore = { fails = "100%" } }"#,
        &["6:51 `fails` must be less than 100% · no restore would ever succeed"],
    ),
    (
        r#"database = { mode = "single", replica = {} }"#,
        &["6:31 replica needs `region` · say where the copy stands, e.g. region = \"eu-west-1\""],
    ),
    (
        r#"database = { mode = "single", replica = { region = "eu-central-1" } }"#,
        &["6:52 eu-central-1 is the app's own region · name another one"],
    ),
    (
        r#"database = { mode = "single", replica = { region = "eu-west-1" } }
fallback = { region = "us-east-1" }"#,
        &[
            "6:52 the app goes to us-east-1, and the copy of its database is elsewhere · leave out the `region` of the replica",
        ],
    ),
    (
        r#"database = { mode = "single" }
fallback = { region = "us-east-1" }"#,
        &[
            "7:1 in its fallback region the app would have no data · give the database a `replica`, or have copies of its backups restored: nothing_left = \"restore\", and a region with `copies_to`",
        ],
    ),
    (
        r#"placement = "pinned"
fallback = { region = "us-east-1" }"#,
        &[
            "7:1 containers that are pinned to their zones cannot start in another region · write placement = \"spread\" or \"home\"",
        ],
    ),
    (
        r#"supervisor = { restart = "1min" }
fallback = { region = "us-east-1" }"#,
        &[
            "7:1 a supervisor restarts in place: nothing would start in the other region · give the app a `health_manager`",
        ],
    ),
    (
        r#"fallback = { region = "eu-west-9" }"#,
        &["6:23 there is no region `eu-west-9` · did you mean `eu-west-1`?"],
    ),
    (
        r#"files = { size = "1GiB" }
backups = { fails = "-1%" }"#,
        &["7:21 `fails` cannot be read · less than nothing · write a percentage from \"0%\" on"],
    ),
    (
        r#"fallback = { decision = "1h" }"#,
        &[
            "6:1 fallback needs `region` · say where it goes, e.g. fallback = { region = \"eu-west-1\" }",
        ],
    ),
    (r#"plan2 = "premium""#, &["6:1 unknown key `plan2` in [app.shop] · did you mean `plan`?"]),
    (
        r#"slo = "0.9995""#,
        &[r#"6:7 `slo` needs a unit · 0.9995 what? · write a percentage: "0.9995%" or "99.95%""#],
    ),
    ("slo = 99.95", &[r#"6:7 `slo` needs a unit · 99.95 what? · write "99.95%" (a percentage)"#]),
    (r#"slo = "100%""#, &["6:7 `slo` must be more than 0% and less than 100%"]),
    (
        r#"slo = { availability = "99.95%", in = "95% of month" }"#,
        &[
            r#"6:39 `in` must be a share of months between 0% and 100% · write in = "95% of months""#,
        ],
    ),
    (
        r#"slo = { availability = "99.95%", per = "horizon", in = "95% of months" }"#,
        &[
            "6:56 a contract over the whole horizon has no share of periods · leave out `in`, or judge it per month or year",
        ],
    ),
    (
        r#"slo = { availability = "99%", of = "requests" }"#,
        &[
            r#"6:36 without a load nothing is counted by request · add `load`, or judge it by of = "time""#,
        ],
    ),
    (
        r#"response = "1month""#,
        &[
            r#"6:12 `response` cannot be read · a month is not a length of time · a month has no fixed length; write days, e.g. "30d""#,
        ],
    ),
    (
        "response = 0.2",
        &[r#"6:12 `response` needs a unit · 0.2 what? · write "0.2s", "0.2min" or "0.2h""#],
    ),
    (
        r#"zones = ["eu-central-1d"]"#,
        &["6:10 region eu-central-1 has no zone `eu-central-1d` · did you mean `eu-central-1a`?"],
    ),
    (
        r#"supervisor = { restart = "5min" }
health_manager = { start = "1s" }"#,
        &["6:1 an app has a supervisor or a health manager, not both"],
    ),
    (
        r#"health_manager.crash_ladder = "diego""#,
        &[r#"6:31 `diego` is no value of `crash_ladder` · `crash_ladder` takes "none""#],
    ),
    (
        r#"health_manager = "hm900""#,
        &[r#"6:18 `hm900` is no value of `generation` · did you mean `hm9000`?"#],
    ),
    (
        r#"health_manager.instances = 2
health_manager.crash_ladder = { first = "1min", most = "30s", give_up = 300 }
health_manager.convergence = "0s""#,
        &[
            "6:28 `instances` is shared by all apps · write it in [health_manager]",
            "7:56 `most` is less than `first`",
            "7:73 `give_up` must be at most 250",
            "8:30 `convergence` must be more than 0s",
        ],
    ),
    (
        r#"health_manager.detect_crash = "never"
[health_manager]
zones = ["eu-central-1x"]"#,
        &[
            r#"6:31 `detect_crash` cannot be read · not a duration · write a number and a unit: "90s", "5min", "1h30min""#,
            "8:10 there is no zone `eu-central-1x` · did you mean `eu-central-1a`?",
        ],
    ),
    (
        r#"[region.eu-central-1]
hosts = { per_zone = 2, memory = "4GiB" }
[host.eu-central-1a]
zone = "eu-central-1a"
memory = "64kB"
supervisor = { restart = "1min" }"#,
        &[
            "3:6 app shop needs `memory`: its containers stand on hosts · the hosts of zone eu-central-1a are described; write e.g. memory = \"2GiB\"",
            "8:7 the hosts of zone eu-central-1a are described twice · give the group another name, or leave out `hosts` of the region",
            "10:10 `memory` of a host must be within 1MiB and 1PiB",
        ],
    ),
    (
        r#"memory = "8GiB"
[region.eu-central-1]
hosts = { per_zone = 2, memory = "4GiB" }"#,
        &[
            "3:6 1 of 1 containers of app shop would find no room on the hosts · add hosts or memory to the zones it may use, or ask for less",
        ],
    ),
    (
        r#"[failure.zone-outage]
company = { chance = "10%" }"#,
        &[
            "7:1 `company` is for outages of hosts · write kind = \"outage\" and targets = \"host.…\"",
        ],
    ),
    (
        r#"[failure.control-plane]
fraction = "50%"
targets = "zone.*""#,
        &[
            "7:12 a control plane has no `fraction` · nothing can be started in the region, or everything",
            "8:11 a zone cannot be named here · write region.…",
        ],
    ),
    (
        r#"[[incident]]
kind = "crash"
target = "health-manager.eu-central-1/9"
at = "1d""#,
        &[
            "8:10 `health-manager.eu-central-1/9` matches nothing · eu-central-1 has 3: eu-central-1/1 to eu-central-1/3",
        ],
    ),
    (
        r#"health_manager.start = { dist = "lognormal", mean = "45s" }"#,
        &[
            "6:33 these parameters make no lognormal · lognormal takes median and sigma, or mean and sigma, or median and p95, or mean and p95",
        ],
    ),
    (
        r#"health_manager.start = { dist = "exponential", median = "45s" }"#,
        &["6:48 `median` is no parameter of exponential · exponential takes mean"],
    ),
    (
        r#"health_manager.start = { dist = "logn", median = "45s" }"#,
        &["6:33 `logn` is no value of `dist` · did you mean `lognormal`?"],
    ),
    (
        r#"health_manager.start = { dist = "uniform", low = "5s", high = "1s" }"#,
        &["6:16 this is no distribution: the upper bound (1) is below the lower one (5)"],
    ),
    (
        r#"health_manager.start = { dist = "beta", mean = "5s", concentration = 2 }"#,
        &[
            "6:33 a beta distribution is for shares only · for a duration use gamma, lognormal or weibull",
        ],
    ),
    (
        r#"health_manager.start = { dist = "empirical", file = "starts.csv", column = "secs", unit = "s" }"#,
        &["6:76 starts.csv has no column `secs` · did you mean `seconds`?"],
    ),
    (
        r#"health_manager.start = { dist = "empirical", file = "starts.csv", column = "seconds" }"#,
        &[r#"6:16 start needs `unit` · say what the values are in, e.g. unit = "min""#],
    ),
    (
        r#"health_manager.start = "200s""#,
        &[
            "6:24 every start would reach its time-out · how long starts take · lengthen `start_timeout`, or shorten `start`",
        ],
    ),
    (r#"health_manager.detect_hang = { poll = "0s" }"#, &["6:39 `poll` must be more than 0s"]),
    (r#"router = "idael""#, &["6:10 `idael` is no value of `router` · did you mean `ideal`?"]),
    (r#"router = "none""#, &[r#"6:10 `none` is no value of `router` · `router` takes "ideal""#]),
    (
        r#"router.retries.on = ["refusd"]"#,
        &["6:22 `refusd` is no value of `on` · did you mean `refused`?"],
    ),
    (
        r#"router.health_check = { timeout = "1s" }"#,
        &["6:8 health_check needs `interval` · Time between two probes."],
    ),
    (
        "x = 1979-13-01",
        &[
            "6:1 unknown key `x` in [app.shop] · its keys are region, …",
            "6:5 not TOML: invalid date, expected month between 01 and 12",
        ],
    ),
    ("x = nan", &["6:5 nan is not a finite number"]),
    (
        "x = 99999999999999999999",
        &[
            "6:5 the number 99999999999999999999 is too large · whole numbers go up to 9223372036854775807 (2^63 − 1)",
        ],
    ),
    (
        r#"[failure.zone-outage]
mtbf = "20y"
rate = "1/y""#,
        &[
            "8:8 `mtbf` and `rate` are both given · a rate is short for an exponential mtbf; keep one of them",
        ],
    ),
    (
        r#"[failure.x]
kind = "crash"
targets = ["container.shp/*"]
mtbf = "30d"
lasts = "1h""#,
        &[
            "8:12 `container.shp/*` matches nothing · did you mean `container.shop/*`?",
            r#"10:9 a crash or a hang has no length of its own · the component's recovery ends it; for a fixed length write kind = "outage""#,
        ],
    ),
    (
        r#"[failure.x]
kind = "crash"
targets = ["container.shop"]
mtbf = "30d""#,
        &["8:12 `container.shop` matches nothing · write container.shop/* for all of them"],
    ),
    (
        r#"[failure.x]
kind = "crash"
targets = ["container.shop/9"]
mtbf = "30d""#,
        &["8:12 `container.shop/9` matches nothing · shop has 1: shop/1 to shop/1"],
    ),
    (
        r#"[failure.x]
kind = "hang"
targets = ["zone.*"]
mtbf = "30d""#,
        &["8:12 a zone cannot be named here · write container.… or app.…"],
    ),
    (
        r#"[failure.x]
kind = "crash"
targets = ["containers.*"]
mtbf = "30d""#,
        &["8:12 there is no class of things called `containers` · did you mean `container`?"],
    ),
    (
        r#"[failure.x]
kind = "crash"
targets = ["shop"]
mtbf = "0s""#,
        &[
            "8:12 `shop` does not say what it is · write container.…, app.…, host.…, health-manager.…, database-node.…, replica.… or router.…",
            "9:8 this is no distribution: the mean must be more than zero, not 0",
        ],
    ),
    (
        r#"[failure.x]
kind = "crash"
targets = ["container.*"]"#,
        &[
            r#"6:10 [failure.x] needs `mtbf` or `rate` · say how often, e.g. mtbf = "30d" or rate = "2/y""#,
        ],
    ),
    (
        r#"[failure.x]
kind = "outage"
targets = ["zone.us-east-1a"]
mtbf = "30d""#,
        &[
            r#"6:10 [failure.x] needs `lasts` · say how long it lasts, e.g. lasts = "1h""#,
            "8:12 `zone.us-east-1a` matches nothing · there is eu-central-1a, eu-central-1b and eu-central-1c",
        ],
    ),
    (
        r#"[failure.x]
kind = "slow"
targets = ["container.*"]
mtbf = "1d""#,
        &[
            r#"7:8 `kind = "slow"` is not built yet: further kinds of fault (slow, erroring) · `kind` takes "crash", "hang", "outage", "isolation", "control-plane", "file-errors" or "data-loss""#,
        ],
    ),
    (
        r#"[failure.x]
kind = "crash"
targets = ["container.*"]
mtbf = "1d"
fraction = "50%""#,
        &[
            "10:12 `fraction` is for zones and regions · it is the share of what stands in the domain that is hit",
        ],
    ),
    (
        r#"[failure.x]
kind = "outage"
targets = "zone.*"
rate = 2
lasts = "1h"
clock = "in-rotation""#,
        &[
            r#"9:8 `rate` needs a unit · 2 what? · write "2/y", "2/d" or "2/h""#,
            "11:9 only containers are in a rotation",
        ],
    ),
    (
        r#"[failure.zone-outage]
fraction = { dist = "lognormal", median = "20%", sigma = 1 }"#,
        &[
            "7:1 `fraction` must stay within 0% and 100% · use uniform, beta, or a mixture of these and of constants",
        ],
    ),
    (
        r#"[failure.zone-outage]
fraction = { dist = "mixture", parts = [{ share = "20%", value = "100%" }] }"#,
        &["7:40 the shares of the parts add up to 20% · they must add up to 100%"],
    ),
    (
        r#"[failure.mine]
kind = "hang"
targets = "database-node.*"
mtbf = "5y""#,
        &["8:11 a database-node cannot be named here · write container.… or app.…"],
    ),
    (
        r#"[[incident]]
kind = "outage"
target = "zone.eu-central-1a"
at = "2y"
lasts = "1h""#,
        &[
            "9:6 this incident is after the end of the study, so it can never take effect · the study begins at study.start and lasts study.warm_up + study.horizon",
        ],
    ),
    (
        r#"[[incident]]
kind = "outage"
target = "zone.eu-central-1a"
at = 2024-01-01
lasts = "1h""#,
        &[
            "9:6 this incident is outside of the study, so it can never take effect · the study begins at study.start and lasts study.warm_up + study.horizon",
        ],
    ),
    (
        r#"[[incident]]
kind = "crash"
at = "soon""#,
        &[
            r#"6:1 [[incident]] needs `target` · say what it hits, e.g. target = "zone.eu-central-1a""#,
            r#"8:6 `at` cannot be read · not a duration · write a number and a unit: "90s", "5min", "1h30min""#,
        ],
    ),
    (
        r#"[[expect]]
that = "app.shop.failover.p95 <= 5""#,
        &[
            r#"7:8 `app.shop.failover.p95` is a duration · 5 what? · write "5s", "5min", "5h" or "5d""#,
        ],
    ),
    (
        r#"[[expect]]
that = "app.shp.failover.p95 <= 5min""#,
        &["7:8 there is no `app.shp` to expect anything of · did you mean `app.shop`?"],
    ),
    (
        r#"[[expect]]
that = "app.shop.failover.p96 <= 5min""#,
        &["7:8 there is no quantity `failover.p96` · did you mean `failover.p95`?"],
    ),
    (
        r#"[[expect]]
that = "app.shop.data_loss <= 5min""#,
        &["7:8 app.shop has no `database` · describe it: [app.NAME.database]"],
    ),
    (
        r#"[[expect]]
that = "app.shop.unavailability.requests <= 5%""#,
        &[
            "7:8 app.shop has no load, so nothing is measured by request · add `load`, or ask for the quantity by `time`",
        ],
    ),
    (
        r#"[[expect]]
that = "app.shop.unavailability.time <= 0.05""#,
        &[
            r#"7:8 `app.shop.unavailability.time` is a share and needs a percentage · 0.05 what? · write a percentage: "0.05%" or "5%""#,
        ],
    ),
    (
        r#"[[expect]]
that = "app.shop.outages_per_year <= 3/y""#,
        &[
            "7:8 `app.shop.outages_per_year` is a plain number · not a plain number · write a number without a unit, e.g. 3 or 0.5",
        ],
    ),
    (
        r#"[[expect]]
that = "app.shop.slo.met >= 95%""#,
        &[r#"7:8 app.shop has no `slo` · add slo = "99.95%""#],
    ),
    (
        r#"[[expect]]
that = "app.shop is fine""#,
        &[
            r#"7:8 an expectation is a quantity, a relation and a bound · write "app.shop.failover.p95 <= 5min" with one of <= < >= > =="#,
        ],
    ),
    (
        r#"[[expect]]
that = "app.shop.any_outage <= 5%"
in = "99% of months""#,
        &[r#"8:6 `in` must be a share of years between 0% and 100% · write in = "95% of years""#],
    ),
    (
        r#"[crew.c]
size = 0
serves = ["container.shop/*"]"#,
        &["7:8 `size` must be at least 1"],
    ),
    (
        r#"[crew.c]
size = 1
serves = ["container.shop/*"]
[crew.d]
size = 1
serves = ["container.shop/1"]"#,
        &[
            "6:7 crew c cannot serve the containers of shop: a health manager places them anew · give the app a `supervisor`, or take its containers out of `serves`",
            "9:7 shop/1 is served by crew c and by crew d · a component has one crew",
            "9:7 crew d cannot serve the containers of shop: a health manager places them anew · give the app a `supervisor`, or take its containers out of `serves`",
        ],
    ),
    (
        r#"[dependency.d]
availability = "99%"
used_by = ["app.shup"]"#,
        &["8:12 `app.shup` matches nothing · did you mean `app.shop`?"],
    ),
    (
        r#"[dependency.d]
availability = "99%"
mtbf = "1y""#,
        &["7:16 `mtbf` and `availability` are both given"],
    ),
    (
        r#"[dependency.d]
mtbf = "1y""#,
        &[r#"6:13 [dependency.d] needs `lasts` · say how long it is down, e.g. lasts = "1h""#],
    ),
    (
        r#"[dependency.d]
mandatory = true
share = "5%""#,
        &[
            "8:9 a mandatory dependency takes all requests with it · leave out `share` or `mandatory`",
        ],
    ),
    (
        r#"[service.a]
requires = { all = ["service.b"] }
[service.b]
requires = { any = ["service.a"] }"#,
        &["6:10 services rest on each other in a circle: a → b → a"],
    ),
    (
        r#"[service.a]
requires = { at_least = 3, of = ["container.shop/*"] }"#,
        &[
            "7:25 `at_least` is more than the number of parts (1) ·       -------------------- · it could never be up",
        ],
    ),
    (
        r#"[service.a]
requires = { all = ["app.shop"], any = ["app.shop"] }"#,
        &["7:1 a requirement is exactly one of `all`, `any`, or `at_least` with `of`"],
    ),
    (
        r#"[service.a]
requires = { at_least = 1, all = ["app.shop"] }"#,
        &[r#"7:1 `at_least` and `of` go together · { at_least = 2, of = ["host.rack/*"] }"#],
    ),
    (
        "[service.a]
requires = { all = [] }",
        &["7:20 `all` is empty"],
    ),
    (
        r#"[study]
precision = "5%"
replications = 5"#,
        &[
            "8:16 `replications` and `precision` are both given · keep `precision` and bound it by `max_replications`, or keep `replications`",
        ],
    ),
    (
        r#"[study]
precision = "100%"
confidence = "50%""#,
        &[
            "7:13 `precision` must be more than 0% and less than 100%",
            "8:14 `confidence` must be more than 50% and less than 100%",
        ],
    ),
    (
        r#"[study]
horizon = "600y""#,
        &["7:11 `horizon` is longer than the clock · simulated time ends after 584y"],
    ),
    (
        r#"[study]
horizon = "0s""#,
        &["7:11 `horizon` must be more than 0"],
    ),
    (
        r#"[study]
horizon = "400y"
warm_up = "200y""#,
        &[
            "7:11 warm-up and horizon are together longer than the clock · simulated time ends after 584y",
        ],
    ),
    (
        r#"[study]
horizon = "1y"
at = ["2y"]"#,
        &[
            "8:7 this time is after the horizon · times in `at` count from the start of the measured time",
        ],
    ),
    (
        "[study]
seed = -1",
        &["7:8 `seed` must be at least 0"],
    ),
    (
        r#"[study]
start = "yesterday""#,
        &[
            "7:9 `start` cannot be read · not a date · write a date such as 2026-12-01, or a time such as 2026-12-01T06:30:00Z",
        ],
    ),
    (
        "[study]
start = 1066-10-14",
        &["7:9 `start` must be within 1970 and 2200"],
    ),
    (
        r#"[study]
of = ["app.shop.unavailability.tim"]"#,
        &["7:7 there is no quantity `unavailability.tim` · did you mean `unavailability.time`?"],
    ),
    (
        r#"[vary]
"app.shop.containers" = [1, 2]"#,
        &["6:2 `vary` is not built yet: `sweep` and `plan` · remove it for now"],
    ),
    (
        r#"[recorded.r]
file = "none.csv""#,
        &[
            "7:8 cannot read `none.csv`: there is no such file · the path is relative to the scenario file",
        ],
    ),
    (
        r#"[recorded.r]
file = "bad_faults.csv""#,
        &[
            "bad_faults.csv:2:1 `outtage` is no kind of fault: crash, hang, outage, isolation, control-plane, file-errors or data-loss",
            "bad_faults.csv:3:1 an outage or isolation needs an `end`",
            "bad_faults.csv:4:1 `start` cannot be read: March · write a date such as 2026-12-01, or a time such as 2026-12-01T06:30:00Z",
            "bad_faults.csv:5:1 `end` is before `start`",
            "bad_faults.csv:6:1 `zone.mars` matches nothing · there is eu-central-1a, eu-central-1b and eu-central-1c",
        ],
    ),
    (
        r#"[app."a/b"]
region = "eu-central-1"
plan = "premium""#,
        &[
            "6:6 `a/b` cannot be a name · names begin with a letter or digit and have at most 64 letters, digits, `-`, `_` and `.`",
        ],
    ),
    (
        "[host.rack]
count = 3",
        &[
            r#"6:7 [host.rack] needs `zone` · say where the hosts stand, e.g. "eu-central-1a""#,
            "6:7 [host.rack] needs `supervisor` · How a failed host comes back.",
        ],
    ),
    (
        r#"[host.shop]
zone = "eu-central-1a"
supervisor = { restart = "1h" }"#,
        &[
            "3:6 an app and a group of hosts are both called shop · their components would have the same names",
        ],
    ),
    (
        r#"[region.x]
country = "Germany"
zones = 3"#,
        &[
            r#"7:11 `Germany` is no country code · write two capital letters (ISO 3166-1 alpha-2), e.g. "DE""#,
        ],
    ),
    (
        r#"[region.x]
country = "DE"
zones = ["eu-central-1a"]"#,
        &[
            "6:9 zone eu-central-1a is in region eu-central-1 and in region x · give zones names of their own, e.g. with their region in front",
        ],
    ),
    (
        r#"[app.loja]
region = "sa-east-2"
plan = "standard""#,
        &["7:10 there is no region `sa-east-2` · did you mean `sa-east-1`?"],
    ),
    (
        r#"[app.loja]
region = "sa-east-1""#,
        &[
            r#"6:6 [app.loja] needs `plan` · write plan = "premium" (containers over all zones) or "standard" (in one)"#,
        ],
    ),
    (
        r#"[app.loja]
region = "sa-east-1"
database = { size = "1GiB" }"#,
        &[
            r#"6:6 [app.loja] needs `plan` · write plan = "premium" (containers over all zones) or "standard" (in one)"#,
            r#"8:1 database needs `mode` · write mode = "single", "multi-az" or "cluster""#,
        ],
    ),
    (
        r#"fallback = { region = "eu-central-9", dns = "fast" }
files = { size = "-3GB", objects = "x", reads = "no", copy_to = "b", lag = "slow" }
backups = { nightly = "25:00", copy_to = "c" }"#,
        &[
            "6:23 there is no region `eu-central-9` · did you mean `eu-central-1`?",
            r#"6:45 `dns` cannot be read · not a duration · write a number and a unit: "90s", "5min", "1h30min""#,
            r#"7:18 `size` cannot be read · not a size · write a size such as "512MiB", "2GiB" or "1TB""#,
            "7:36 `objects` must be a whole number · this is a text",
            r#"7:49 `reads` cannot be read · not a percentage · write a percentage such as "99.95%""#,
            "7:65 there is no region `b` · describe it: [region.NAME] with country and zones",
            r#"7:76 `lag` cannot be read · not a duration · write a number and a unit: "90s", "5min", "1h30min""#,
            r#"8:23 this is no time of the day · write hours and minutes, e.g. "01:00", or "none""#,
            "8:42 there is no region `c` · describe it: [region.NAME] with country and zones",
        ],
    ),
    (
        r#"database = { size = "-5GiB", nothing_left = "pray", failover = { coverage = "x" }, logs = { every = "0s" }, zones = ["eu-central-1a", "eu-central-1a"] }
files = { size = "1GiB", replicas = 0, read_quorum = "x", relocate = { to = "b", below = "y" } }
backups = { fails = "101%", retries = -1, copy = { lag = "z", retries = "x" }, drill = { every = "1s" } }"#,
        &[
            r#"6:21 `size` cannot be read · not a size · write a size such as "512MiB", "2GiB" or "1TB""#,
            r#"6:45 `pray` is no value of `nothing_left` · `nothing_left` takes "wait-for-node" or "restore""#,
            r#"6:77 `coverage` cannot be read · not a percentage · write a percentage such as "99.95%""#,
            "6:101 `every` must be more than 0s",
            "6:135 `eu-central-1a` is named twice · leave it out the second time",
            "7:37 `replicas` must be at least 1",
            "7:54 `read_quorum` must be a whole number · this is a text",
            "7:59 relocate needs `after` · How long the grace lasts; a plain duration is constant.",
            "7:77 there is no region, and in eu-central-1 no zone, `b` · write the name of a region, or of a zone of the app's own",
            "7:90 `below` must be a whole number · this is a text",
            "8:21 `fails` must be at most 100%",
            "8:39 `retries` must be at least 0",
            r#"8:58 `lag` cannot be read · not a duration · write a number and a unit: "90s", "5min", "1h30min""#,
            "8:73 `retries` must be a whole number · this is a text",
            "8:98 `every` must be at least 1h",
        ],
    ),
    (
        "[app]
loja = 3",
        &["7:8 `app.loja` must be a table · write [app.loja] and its keys below"],
    ),
    (
        r#"[app.shop.deployments]
rate = "1/d"
every = "1w""#,
        &[
            "8:9 `rate` and `every` are both given · `every` is by the calendar, `rate` at random; keep one of them",
        ],
    ),
    (r#"restarts.every = "0s""#, &["6:18 `every` must be more than 0s"]),
    (
        r#"maintenance = { window = "noon", lasts = "8d" }"#,
        &[
            r#"6:26 `window` cannot be read · write the day and the time (UTC) at which it opens, e.g. "sun 02:00""#,
            "6:42 `lasts` must be more than 0s and at most 7d",
        ],
    ),
    (
        r#"maintenance = { window = "sun 02:00", lasts = "3h", used = "50%", begins = "9d" }"#,
        &["6:76 `begins` must be less than the week until the window opens again"],
    ),
    (
        r#"sleep = { from = "7pm", until = "07:00" }"#,
        &[r#"6:18 `from` cannot be read · write a time of the day (UTC) such as "19:00""#],
    ),
    (
        r#"sleep = { from = "07:00", until = "07:00" }"#,
        &["6:35 it would be asleep for no time at all, or for ever"],
    ),
    (
        r#"[[change]]
app = "shup"
at = "2y"
containers = 2"#,
        &[
            "7:7 there is no app `shup` · did you mean `shop`?",
            "8:6 this change is after the end of the study, so it can never take effect · the study begins at study.start and lasts study.warm_up + study.horizon",
        ],
    ),
    (
        r#"containers = 3
needs = 3
memory = "32GiB"
[[change]]
app = "shop"
at = "1d"
containers = 2
strategy = "none"
[[change]]
app = "shop"
at = "2d"
containers = 5
[[change]]
app = "shop"
at = "3d"
strategy = "none"
bad = true"#,
        &[
            "12:14 shop needs 3 containers to be up, and 2 would run",
            "14:1 containers × memory is more than the largest pack has (128GiB) · from here on",
            "18:1 containers × memory is more than the largest pack has (128GiB) · from here on",
            "21:12 this changes nothing · give `containers` or `memory`, or a `strategy` by which containers are replaced",
            "22:7 without a new version there is no bad one",
        ],
    ),
    (
        r#"[[change]]
app = "shop"
at = "1d"
memory = "2GiB"
strategy = "none""#,
        &[
            r#"9:10 a container has its memory from its start · other memory takes a restart: leave out strategy = "none""#,
        ],
    ),
];

#[test]
fn every_mistake_is_told_with_its_place_and_a_remedy() {
    for (text, expected) in WRONG {
        let told = told(&format!("{HEAD}{SHOP}{text}"));
        // `…` at the end stands for a list that grows with the language.
        let fits = |(told, expected): (&String, &&str)| match expected.strip_suffix('…') {
            Some(begins) => told.starts_with(begins),
            None => told == expected,
        };
        let all = told.len() == expected.len() && told.iter().zip(*expected).all(fits);
        assert!(all, "{text}\n{told:#?}\n{expected:#?}");
    }
}

#[test]
fn mistakes_look_like_those_of_a_compiler_and_are_told_all_at_once() {
    let text = format!(
        "{HEAD}\n[app.shop]\nregion     = \"eu-central-1\"\nplan       = \"premium\"\ncontaners  = 2\n\
         load       = 12\nneeds      = 3\n"
    );
    let expected = "\
error: unknown key `contaners` in [app.shop]
 --> estate.toml:7:1
  |
7 | contaners  = 2
  | ^^^^^^^^^ did you mean `containers`?

error: `load` needs a unit
 --> estate.toml:8:14
  |
8 | load       = 12
  |              ^^ 12 what?
  |
  = help: write \"12/s\", \"12/min\" or \"12/h\" (requests per time)

error: `needs` is more than `containers` (1)
 --> estate.toml:9:14
  |
9 | needs      = 3
  |              ^
  |
  = help: it could never be up

3 mistakes in estate.toml; nothing was simulated
";
    assert_eq!(rendered(&text), expected);
    let styled = mistakes(&Input { files: vec![file("estate.toml", &text)], ..Input::default() });
    assert_eq!(styled.count, 3);
    assert!(styled.rendered_styled().contains("\u{1b}["), "colour on demand");
}

#[test]
fn two_places_that_do_not_go_together_are_both_shown() {
    let rendered = rendered(&format!("{HEAD}{SHOP}[study]\nprecision = \"5%\"\nreplications = 5"));
    let expected = "\
error: `replications` and `precision` are both given
 --> estate.toml:8:16
  |
7 | precision = \"5%\"
  |             ----
8 | replications = 5
  |                ^
  |
  = help: keep `precision` and bound it by `max_replications`, or keep `replications`
";
    assert!(rendered.starts_with(expected), "{rendered}");
}

#[test]
fn the_top_of_a_file_is_checked_too() {
    for (text, expected) in [
        (
            "",
            vec![
                "1:1 the scenario needs `platform` · write platform = \"mendix-cloud@2026-11\", or \"none\"",
                "1:1 the scenario needs `version` · Version of the scenario language.",
            ],
        ),
        (
            "version = 2\nplatform = \"mendix-cloud@2026-10\"",
            vec![
                "1:11 `version` must be 1",
                "2:12 there is no platform `mendix-cloud@2026-10` · did you mean `mendix-cloud@2026-11`?",
            ],
        ),
        (
            "version = 1\nplatform = \"none\"\n[app.x]\nregion = \"r\"",
            vec![
                "3:6 [app.x] needs `supervisor` or `health_manager` · say how failed containers come back, e.g. supervisor = { restart = \"5min\" }",
                "4:10 there is no region `r` · describe it: [region.NAME] with country and zones",
            ],
        ),
        (
            "version = 1\nplatform = \"none\"",
            vec!["1:1 there is nothing to simulate · describe an [app.NAME] or a [service.NAME]"],
        ),
        (
            "version = 1\nplatform = \"none\"\nfailures = \"none\"\nregion = [1]\napp = 3\n[failure.f]\nkind = \"crash\"\ntargets = []\nmtbf = \"1d\"",
            vec![
                "3:12 there are failures all the same · scripted faults ([[incident]]) may stay; random ones may not",
                "4:10 `region` must be a table of tables · this is a list",
                "5:7 `app` must be a table of tables · this is a number",
            ],
        ),
    ] {
        assert_eq!(told(text), expected, "{text}");
    }
}

#[test]
fn a_mistake_in_a_set_or_a_second_file_is_told_there() {
    let with = vec![file("storm.toml", "[failure.zone-outage]\nlast = \"1h\"")];
    let set = vec![("app.shop.contaners".into(), "3".into()), ("study.seed".into(), "many".into())];
    let sound = format!("{HEAD}{SHOP}");
    let told = mistakes(&Input { files: vec![file("estate.toml", &sound)], with, set });
    for part in [
        " --> storm.toml:2:1\n",
        "error: unknown key `contaners` in [app.shop]\n --> --set:1:10\n",
        "1 | study.seed = \"many\"\n  |              ^^^^^^ this is a text\n",
        "3 mistakes in storm.toml and --set; nothing was simulated\n",
    ] {
        assert!(
            told.rendered_plain.contains(part),
            "{part} is missing in\n{}",
            told.rendered_plain
        );
    }
}

#[test]
fn of_very_many_mistakes_the_first_are_shown_and_the_rest_are_counted() {
    let many: String = (0..5000).map(|n| format!("key{n} = 1\n")).collect();
    let told = mistakes(&Input {
        files: vec![file("estate.toml", &format!("{many}{HEAD}{SHOP}"))],
        ..Input::default()
    });
    assert_eq!(told.count, 5000);
    assert_eq!(told.rendered_plain.matches("error: ").count(), 50);
    assert!(
        told.rendered_plain
            .ends_with("… and 4950 more\n\n5000 mistakes in estate.toml; nothing was simulated\n")
    );
}

/// What the preset says of every fallback is not the user's: the plan is.
#[test]
fn a_plan_that_asks_for_a_fallback_is_where_the_mistake_is() {
    let text = format!("{HEAD}{}", SHOP.replace("premium", "premium-plus"));
    let expected = "5:8 plan premium-plus needs a `fallback` with a `region` · say where it goes, e.g. \
                    fallback = { region = \"eu-west-1\" }";
    assert_eq!(told(&text), [expected]);
}

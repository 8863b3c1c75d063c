//! Random scenarios with everything in them and far too many failures.

use std::fmt::Write;

/// SplitMix64: the scenarios are the same for ever.
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From `low` to `high`, both included.
    pub fn within(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    /// True `n` times in a hundred.
    pub fn percent(&mut self, n: u64) -> bool {
        self.next() % 100 < n
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.within(0, choices.len() as u64 - 1) as usize]
    }

    /// A delay: often none at all, so that many things happen at one instant.
    fn delay(&mut self) -> String {
        match self.within(0, 5) {
            0 | 1 => "\"0s\"".into(),
            2 => format!("\"{}s\"", self.within(1, 90)),
            3 => "\"30s\"".into(),
            4 => format!("{{ dist = \"exponential\", mean = \"{}s\" }}", self.within(5, 300)),
            _ => "{ dist = \"uniform\", low = \"10s\", high = \"4min\" }".into(),
        }
    }

    fn detect(&mut self) -> String {
        if self.percent(50) {
            return self.delay();
        }
        let (every, bad) = (self.within(1, 60), self.within(1, 3));
        format!(
            "{{ poll = \"{every}s\", threshold = {bad}, timeout = \"{}s\" }}",
            self.within(0, 5)
        )
    }

    fn lasts(&mut self) -> String {
        match self.within(0, 3) {
            0 => "\"0s\"".into(),
            1 => "\"10min\"".into(),
            2 => format!("{{ dist = \"exponential\", mean = \"{}min\" }}", self.within(1, 60)),
            _ => format!("\"{}min\"", self.within(1, 90)),
        }
    }
}

/// Stands for the memory of a host.
const MEMORY: &str = "@";

/// The rest of the TOML of a random scenario, on the smallest hosts that hold it at the start.
pub fn scenario_text(seed: u64) -> String {
    let text = on_any_hosts(seed);
    let sized = |size: u64| text.replace(MEMORY, &format!("{size}GiB"));
    let fits = |text: &String| !text.contains("hosts = ") || super::is_sound(text);
    [4, 6, 8, 12, 16, 24, 40, 80].map(sized).into_iter().find(fits).expect("80 GiB hold all")
}

fn on_any_hosts(seed: u64) -> String {
    let mut dice = Dice(seed);
    let d = &mut dice;
    let mut text = String::new();
    let out = &mut text;
    let hours = d.within(12, 48);
    let _ = writeln!(out, "[study]\nhorizon = \"{hours}h\"\nseed = {seed}\nreplications = 3");
    let _ = writeln!(out, "start = 2025-01-31T{:02}:00:17Z", d.within(0, 23));
    if d.percent(30) {
        let _ = writeln!(out, "warm_up = \"{}h\"", d.within(1, 10));
    }
    if d.percent(10) {
        let _ = writeln!(out, "stop = \"first-outage\"");
    }
    let _ = writeln!(out, "at = [\"0s\", \"1h\", \"90min\"]");

    let on_hosts = d.percent(50);
    let returns = d.delay();
    let regions = d.within(1, 2);
    let mut zones_of = Vec::new();
    let mut zones = Vec::new();
    for region in 0..regions {
        let count = d.within(1, 3 - regions / 2 + 1);
        let names: Vec<_> = (0..count).map(|it| format!("z{region}{it}")).collect();
        let _ = writeln!(out, "[region.r{region}]\ncountry = \"DE\"\nzones = {names:?}");
        if on_hosts {
            let per_zone = d.within(1, 3);
            let _ = writeln!(
                out,
                "hosts = {{ per_zone = {per_zone}, memory = \"{MEMORY}\", returns = {returns} }}"
            );
        }
        zones.extend(names.iter().cloned());
        zones_of.push(names);
    }

    let mut instances = 0;
    if d.percent(60) {
        instances = d.within(0, 3);
        let _ = writeln!(out, "[health_manager]\ninstances = {instances}");
        let _ = writeln!(out, "takeover = {}\nrestart = {}", d.delay(), d.delay());
        if d.percent(60) {
            let _ = writeln!(out, "parallel_starts = {}", d.within(1, 3));
        }
        if d.percent(60) {
            let (first, give_up) = (d.within(1, 60), d.within(1, 9));
            let _ = writeln!(
                out,
                "crash_ladder = {{ immediate = {}, first = \"{first}s\", most = \"16min\", \
                 give_up = {give_up}, reset = \"{}min\" }}",
                d.within(0, 2),
                d.within(0, 20)
            );
        }
        if d.percent(60) {
            let _ = writeln!(out, "convergence = \"{}s\"", d.within(1, 60));
        }
    }
    // Its own dice, so that what is drawn for the rest stays as it was before loads changed.
    let mut loads = Dice(seed ^ 0x10ad);
    let _ = writeln!(
        out,
        "[profile.p]\nweekday = [\"0:00 10%\", \"{}:30 90%\", \"{}:00 30%\"]\nweekend = [\"7:00 0%\"]",
        loads.within(1, 11),
        loads.within(12, 23)
    );

    let mut scalers = Dice(seed ^ 0x5ca1e);
    let mut scaled = Vec::new();
    let apps = d.within(1, 4);
    let mut first_is_supervised = false;
    let mut managed_apps = 0;
    for app in 0..apps {
        let region = d.within(0, regions - 1);
        let containers = d.within(1, 5);
        let _ = writeln!(out, "[app.a{app}]\nregion = \"r{region}\"\ncontainers = {containers}");
        let needs = d.within(1, containers);
        let _ = writeln!(out, "needs = {needs}");
        let _ = writeln!(out, "memory = \"{}GiB\"", d.within(1, 4));
        let _ = writeln!(out, "placement = \"{}\"", d.of(&["spread", "home", "pinned"]));
        if d.percent(70) {
            let rate = d.within(1, 50);
            let load = match loads.within(0, 3) {
                0 => {
                    format!("{{ mean = \"{rate}/s\", profile = \"p\", timezone = \"Asia/Tokyo\" }}")
                }
                1 => format!("{{ mean = \"{rate}/s\", growth = \"300%/d\" }}"),
                _ => format!("\"{rate}/s\""),
            };
            let _ = writeln!(out, "load = {load}");
            let before = out.len();
            match loads.within(0, 3) {
                0 => {
                    let _ = writeln!(out, "capacity = \"{}/s\"", loads.within(1, 40));
                }
                1 => {
                    let places = loads.of(&["0", "7", "\"unlimited\""]);
                    let queue = loads.of(&["shared", "per-container"]);
                    let _ = writeln!(
                        out,
                        "concurrency = {}\nservice_time = {{ mean = \"{}ms\", scv = {} }}\n\
                         queue_places = {places}\nqueue = \"{queue}\"",
                        loads.within(1, 9),
                        loads.within(1, 400),
                        loads.within(0, 3)
                    );
                }
                _ => {}
            }
            let has_capacity = out.len() > before;
            let _ = writeln!(out, "response = \"{}ms\"", d.within(0, 2000));
            if has_capacity && scalers.percent(50) {
                let _ = writeln!(
                    out,
                    "autoscaling = {{ target = \"{}%\", min = {needs}, max = {}, every = \"{}min\", \
                     delay = \"{}s\", cool_down = \"{}min\" }}",
                    scalers.within(1, 99),
                    scalers.within(containers, 9),
                    scalers.within(1, 90),
                    scalers.within(0, 200),
                    scalers.within(0, 120)
                );
                scaled.push(app);
            }
        }
        if d.percent(40) {
            first_is_supervised |= app == 0;
            let (detect, restart) = (d.detect(), d.delay());
            let _ = writeln!(out, "supervisor = {{ detect = {detect}, restart = {restart} }}");
        } else {
            managed_apps += 1;
            let timeout = d.of(&["none", "2min", "5min"]);
            let _ = writeln!(out, "[app.a{app}.health_manager]");
            for key in ["detect_crash", "detect_hang", "detect_loss"] {
                let _ = match (key, d.within(0, 9)) {
                    ("detect_hang", 0) => writeln!(out, "{key} = \"never\""),
                    ("detect_loss", 0..=2) => {
                        writeln!(out, "{key} = {{ expires = {} }}", d.delay())
                    }
                    _ => writeln!(out, "{key} = {}", d.detect()),
                };
            }
            for key in ["decide", "kill", "start"] {
                let _ = writeln!(out, "{key} = {}", d.delay());
            }
            let _ = writeln!(out, "start_timeout = \"{timeout}\"");
        }
        if d.percent(75) {
            let _ = writeln!(out, "[app.a{app}.router]");
            let unregister = if d.percent(30) { "\"never\"".into() } else { d.delay() };
            let checked = unregister == "\"never\"" || d.percent(40);
            let _ = writeln!(out, "unregister = {unregister}\nregister = {}", d.delay());
            if checked {
                let (every, timeout) = (d.within(1, 40), d.within(0, 5));
                let (bad, good) = (d.within(1, 3), d.within(1, 3));
                let _ = writeln!(
                    out,
                    "health_check = {{ interval = \"{every}s\", timeout = \"{timeout}s\", \
                     unhealthy = {bad}, healthy = {good} }}"
                );
            }
            let on = d.of(&["\"refused\"", "\"refused\", \"unreachable\"", "\"error\""]);
            let _ = writeln!(out, "retries = {{ count = {}, on = [{on}] }}", d.within(0, 2));
            let _ = writeln!(out, "fail_open = {}", d.percent(50));
            let _ = writeln!(out, "crash_face = \"{}\"", d.of(&["refused", "error"]));
            if d.percent(30) {
                let pause = d.within(1, 60);
                let _ = writeln!(out, "passive = {{ pause = \"{pause}s\", routers = 2 }}");
            }
        }
    }

    let hosts = d.within(0, 2);
    for host in 0..hosts {
        let zone = d.within(0, zones.len() as u64 - 1) as usize;
        let _ = writeln!(out, "[host.h{host}]\ncount = {}", d.within(1, 5));
        if d.percent(70) {
            let _ = writeln!(out, "zone = \"{}\"", zones[zone]);
        }
        let (detect, restart) = (d.detect(), d.delay());
        let _ = writeln!(out, "supervisor = {{ detect = {detect}, restart = {restart} }}");
        let up = d.within(1, 8);
        let _ = writeln!(out, "[failure.h{host}-crash]\nkind = \"crash\"");
        let _ = writeln!(out, "targets = \"host.h{host}/*\"\nmtbf = \"{up}h\"");
    }
    if hosts > 0 && d.percent(70) {
        let _ = writeln!(out, "[crew.c]\nsize = {}\nserves = [\"host.h0/*\"]", d.within(1, 2));
    }
    if d.percent(40) && first_is_supervised {
        let _ = writeln!(out, "[crew.k]\nsize = 1\nserves = [\"container.a0/*\"]");
    }

    let dependencies = d.within(0, 2);
    for it in 0..dependencies {
        let (up, down) = (d.within(1, 12), d.lasts());
        let _ = writeln!(out, "[dependency.d{it}]\nmtbf = \"{up}h\"\nlasts = {down}");
        if d.percent(50) {
            let _ = writeln!(out, "mandatory = true");
        } else {
            let _ = writeln!(out, "share = \"{}%\"", d.within(0, 100));
        }
        let _ = writeln!(out, "used_by = [\"app.a{}\"]", d.within(0, apps - 1));
    }

    if d.percent(70) {
        let _ = writeln!(out, "[service.s0]\nload = \"3/s\"\nrequires = {{ all = [\"app.*\"] }}");
        let _ = writeln!(
            out,
            "[service.s1]\nrequires = {{ any = [\"zone.z00\", \"container.a0/1\", \"service.s0\"] }}"
        );
        let mut of = vec!["\"container.a0/*\"".to_string(), "\"service.s1\"".into()];
        if hosts > 0 {
            of.push("\"host.h0/*\"".into());
        }
        if dependencies > 0 {
            of.push("\"dependency.d0\"".into());
        }
        of.push("{ any = [\"zone.*\", \"app.a0\"] }".into());
        let parts = of.join(", ");
        let _ = writeln!(out, "[service.s2]\nrequires = {{ at_least = 2, of = [{parts}] }}");
    }

    for (name, kind, targets) in [
        ("crash", "crash", "container.*"),
        ("burst", "crash", "container.a0/*"),
        ("hang", "hang", "container.*"),
        ("out", "outage", "zone.*"),
        ("part", "outage", "zone.*"),
        ("cut", "isolation", "zone.*"),
        ("part-cut", "isolation", "zone.*"),
        ("region-out", "outage", "region.*"),
        ("region-cut", "isolation", "region.*"),
        ("named", "outage", "container.a0/*"),
        ("impaired", "control-plane", "region.*"),
        ("host-out", "outage", "host.*"),
        ("host-cut", "isolation", "host.*"),
        ("host-crash", "crash", "host.*"),
        ("manager", "crash", "health-manager.*"),
        ("manager-out", "outage", "health-manager.*"),
    ] {
        if targets.starts_with("host") && !on_hosts {
            continue;
        }
        if targets.starts_with("health") && instances * managed_apps == 0 {
            continue;
        }
        if !d.percent(60) {
            continue;
        }
        let _ = writeln!(out, "[failure.{name}]\nkind = \"{kind}\"\ntargets = \"{targets}\"");
        let _ = writeln!(out, "mtbf = \"{}h\"", d.within(1, 10));
        let lasts = d.lasts();
        if matches!(kind, "outage" | "isolation" | "control-plane") {
            let _ = writeln!(out, "lasts = {lasts}");
        }
        if name == "host-out" && d.percent(60) {
            let chance = d.within(0, 100);
            let _ = writeln!(out, "company = {{ chance = \"{chance}%\", size = 2.5 }}");
        }
        let partly = matches!(name, "part" | "part-cut");
        if partly || (name.starts_with("region") && d.percent(30)) {
            let _ = writeln!(out, "fraction = \"{}%\"", d.within(10, 100));
        }
        let _ = writeln!(out, "pick = \"{}\"", d.of(&["each", "each", "one", "all"]));
        if targets.starts_with("container") && kind == "crash" && d.percent(30) {
            let _ = writeln!(out, "clock = \"in-rotation\"");
        }
    }
    for index in 0..d.within(0, 4) {
        let zone = zones[d.within(0, zones.len() as u64 - 1) as usize].clone();
        let (kind, target) = match d.within(0, 3) {
            0 => ("crash", "app.a0".to_string()),
            1 => ("hang", "container.a0/1".into()),
            2 => ("outage", format!("zone.{zone}")),
            _ => ("isolation", format!("zone.{zone}")),
        };
        // On the minute, so that some of them meet.
        let at = d.within(0, 10) * 30;
        let _ = writeln!(out, "[[incident]]\nname = \"i{index}\"\nkind = \"{kind}\"");
        let _ = writeln!(out, "target = \"{target}\"\nat = \"{at}min\"");
        if matches!(kind, "outage" | "isolation") {
            let _ = writeln!(out, "lasts = \"{}min\"", d.within(0, 3) * 30);
        }
    }
    changes(d, &mut text, apps, &scaled, &mut Dice(seed ^ 0x512e));
    databases(&mut Dice(seed ^ 0xdb), &mut text, apps);
    kept(&mut Dice(seed ^ 0xb0c7), &mut text, apps, &zones_of);
    fallbacks(&mut Dice(seed ^ 0xfa11), &mut text, apps, regions);
    front(&mut Dice(seed ^ 0xf407), &mut text);
    if on_hosts {
        evacuation(&mut Dice(seed ^ 0xe7ac), &mut text);
    }
    text
}

/// Buckets and backups of some of the apps; replicas, data and zones go far too often.
fn kept(d: &mut Dice, out: &mut String, apps: u64, zones_of: &[Vec<String>]) {
    let mut with_files = false;
    for app in 0..apps {
        let region = usize::from(out.contains(&format!("[app.a{app}]\nregion = \"r1\"")));
        let other = (zones_of.len() > 1).then(|| format!("r{}", 1 - region));
        let has_database = out.contains(&format!("[app.a{app}.database]"));
        if d.percent(50) {
            with_files = true;
            let replicas = d.within(1, 4);
            let _ = writeln!(out, "[app.a{app}.files]\nsize = \"{}MB\"", d.within(1, 999));
            let _ = writeln!(out, "replicas = {replicas}\nreads = \"{}%\"", d.within(0, 70));
            let _ = writeln!(out, "writes = \"{}%\"", d.within(0, 30));
            let _ = writeln!(out, "read_quorum = {}", d.within(1, replicas));
            let _ = writeln!(out, "write_quorum = {}", d.within(1, replicas));
            let _ = writeln!(out, "lost_with_zone = \"{}%\"", d.of(&[0, 30, 100]));
            let _ = writeln!(out, "rebuild.takes = {}", d.delay());
            if d.percent(30) {
                let _ = writeln!(out, "rebuild.throughput = \"{}MB/s\"", d.within(1, 9));
            }
            if let (Some(other), true) = (&other, d.percent(40)) {
                let _ = writeln!(out, "copy_to = \"{other}\"\nlag = {}", d.delay());
            }
            if d.percent(50) {
                let zone = d.of(&zones_of[region].iter().collect::<Vec<_>>()).clone();
                let to = other.clone().filter(|_| d.percent(70)).unwrap_or(zone);
                let _ = writeln!(
                    out,
                    "relocate = {{ below = {}, after = {}, takes = {}, to = \"{to}\", back = \"{}\" }}",
                    d.within(1, replicas),
                    d.delay(),
                    d.delay(),
                    d.of(&["at-quorum", "at-quorum", "never"])
                );
            }
        }
        let sized = out.contains(&format!("[app.a{app}.files]"));
        if (sized || has_database) && d.percent(60) {
            let _ = writeln!(out, "[app.a{app}.backups]\nsize = \"{}MB\"", d.within(1, 500));
            let _ = writeln!(out, "on_demand = \"{}h\"\nwindow = \"30min\"", d.within(1, 5));
            let _ = writeln!(out, "takes = {}\nfails = \"{}%\"", d.delay(), d.within(0, 60));
            let _ = writeln!(out, "retries = {}\nretry_after = \"2min\"", d.within(0, 2));
            let _ = writeln!(out, "keep.on_demand = \"{}h\"", d.within(1, 20));
            if let (Some(other), true) = (&other, d.percent(60)) {
                let _ = writeln!(out, "copy_to = \"{other}\"");
                let (lag, fails) = (d.delay(), d.within(0, 50));
                let _ = writeln!(out, "copy = {{ lag = {lag}, fails = \"{fails}%\" }}");
            }
            if d.percent(50) {
                let (every, takes) = (d.within(1, 9), d.delay());
                let _ = writeln!(
                    out,
                    "drill = {{ every = \"{every}h\", takes = {takes}, fails = \"{}%\" }}",
                    d.within(0, 50)
                );
            }
        }
    }
    if !with_files {
        return;
    }
    for (name, kind, targets) in [
        ("replica", "crash", "replica.*"),
        ("replica-out", "outage", "replica.*"),
        ("wiped", "data-loss", "bucket.*"),
        ("errors", "file-errors", "region.*"),
        ("zone-errors", "file-errors", "zone.*"),
    ] {
        if !d.percent(70) {
            continue;
        }
        let _ = writeln!(out, "[failure.{name}]\nkind = \"{kind}\"\ntargets = \"{targets}\"");
        let _ = writeln!(out, "mtbf = \"{}h\"", d.within(1, 8));
        let _ = writeln!(out, "pick = \"{}\"", d.of(&["each", "each", "one", "all"]));
        if matches!(kind, "outage" | "file-errors") {
            let _ = writeln!(out, "lasts = {}", d.lasts());
        }
        if kind == "file-errors" && d.percent(70) {
            let _ = writeln!(out, "fraction = \"{}%\"", d.within(0, 100));
        }
    }
}

/// Databases of some of the apps, which fail far too often.
fn databases(d: &mut Dice, out: &mut String, apps: u64) {
    let owners: Vec<_> = (0..apps).filter(|_| d.percent(50)).collect();
    for &app in &owners {
        let mode = d.of(&["single", "multi-az", "multi-az", "cluster"]);
        let _ = writeln!(out, "[app.a{app}.database]\nmode = \"{mode}\"");
        let _ = writeln!(out, "logs = {{ every = \"{}min\" }}", d.within(1, 30));
        let _ = writeln!(out, "nothing_left = \"{}\"", d.of(&["restore", "wait-for-node"]));
        for key in ["detect", "decide", "promote", "reconnect", "manual"] {
            let _ = writeln!(out, "failover.{key} = {}", d.delay());
        }
        if d.percent(40) {
            // A window opens once a week.
            let has_window = out.contains(&format!("[app.a{app}.maintenance]"));
            let rate = if has_window { "52/y" } else { "9/d" };
            let takes = d.delay();
            let _ = writeln!(out, "maintenance = {{ rate = \"{rate}\", takes = {takes} }}");
        }
        let _ = writeln!(out, "failover.coverage = \"{}%\"", d.within(50, 100));
        let begins = d.of(&["after-failover", "at-loss"]);
        let _ = writeln!(out, "rebuild = {{ takes = {}, begins = \"{begins}\" }}", d.delay());
        let _ = writeln!(
            out,
            "restore = {{ decision = {}, takes = {}, fails = \"{}%\", yields = \"{}\" }}",
            d.delay(),
            d.delay(),
            d.within(0, 50),
            d.of(&["single", "pair"])
        );
    }
    if owners.is_empty() {
        return;
    }
    let mut faults = Dice(d.0 ^ 0xda7a);
    if faults.percent(60) {
        let _ = writeln!(out, "[failure.mistake]\nkind = \"data-loss\"\ntargets = \"database.*\"");
        let _ = writeln!(out, "mtbf = \"{}h\"", faults.within(1, 9));
        let _ = writeln!(out, "pick = \"{}\"", faults.of(&["each", "one", "all"]));
    }
    for (name, kind) in [("node", "crash"), ("node-out", "outage")] {
        if d.percent(80) {
            let _ = writeln!(out, "[failure.{name}]\nkind = \"{kind}\"");
            let _ = writeln!(out, "targets = \"database-node.*\"\nmtbf = \"{}h\"", d.within(1, 6));
            let _ = writeln!(out, "pick = \"{}\"", d.of(&["each", "each", "one", "all"]));
            if kind == "outage" {
                let _ = writeln!(out, "lasts = {}", d.lasts());
            }
        }
    }
}

/// Another region for some of the apps that can go there, and copies of databases in another region.
fn fallbacks(d: &mut Dice, out: &mut String, apps: u64, regions: u64) {
    let some: Vec<_> = (0..apps).filter(|_| regions == 2 && d.percent(60)).collect();
    for app in some {
        let own = out.find(&format!("[app.a{app}]")).expect("it is there");
        let section = &out[own..own + out[own..].find("placement = ").expect("it is placed") + 30];
        let other = u64::from(section.contains("region = \"r0\""));
        let pinned = section.contains("placement = \"pinned\"");
        let managed = out.contains(&format!("[app.a{app}.health_manager]"));
        let head = format!("[app.a{app}.database]\n");
        let of_database = out.find(&head).map(|at| out[at..].split("\n[").next().unwrap_or(""));
        let (has_database, restored) = of_database
            .map_or((false, false), |it| (true, it.contains("nothing_left = \"restore\"")));
        let goes = managed && !pinned && d.percent(80);
        let backups = out.find(&format!("[app.a{app}.backups]"));
        let backups = backups.map(|at| out[at..].split("\n[").next().unwrap_or(""));
        let copied = backups.is_some_and(|it| it.contains("copy_to = "));
        let backed_up = restored && copied && d.percent(50);
        if has_database && !backed_up {
            let _ = writeln!(
                out,
                "[app.a{app}.database.replica]\nregion = \"r{other}\"\nlag = {}\ndecision = {}\n\
                 promote = {}",
                d.delay(),
                d.lasts(),
                d.delay()
            );
        }
        if goes {
            let _ = writeln!(
                out,
                "[app.a{app}.fallback]\nregion = \"r{other}\"\ndecision = {}\nprepare = {}\n\
                 dns = {}\nreturn = {}",
                d.delay(),
                d.delay(),
                d.delay(),
                d.lasts()
            );
        }
    }
    if regions == 2 && d.percent(60) {
        let (kind, lasts) = (d.of(&["outage", "isolation"]), d.lasts());
        let _ = writeln!(
            out,
            "[failure.whole]\nkind = \"{kind}\"\ntargets = \"region.*\"\nmtbf = \"{}h\"\n\
             lasts = {lasts}",
            d.within(2, 9)
        );
    }
}

/// Routers in zones, and what stands before them; they fail only where some app is behind them.
fn front(d: &mut Dice, out: &mut String) {
    if d.percent(50) || !out.contains(".router]") {
        return;
    }
    let _ = writeln!(out, "[load_balancer]\nrouters = {}\nrestart = {}", d.within(1, 4), d.delay());
    let _ = writeln!(
        out,
        "health_check = {{ interval = \"{}s\", timeout = \"{}s\", unhealthy = {}, healthy = {} }}",
        d.within(1, 60),
        d.within(0, 9),
        d.within(1, 3),
        d.within(1, 3)
    );
    if d.percent(50) {
        let _ =
            writeln!(out, "ttl = \"{}s\"\nclinging = \"{}%\"", d.within(0, 900), d.within(0, 60));
    }
    let up = d.within(1, 10);
    let _ = writeln!(
        out,
        "[failure.router]\nkind = \"crash\"\ntargets = \"router.*\"\nmtbf = \"{up}h\""
    );
}

/// Hosts that are replaced.
fn evacuation(d: &mut Dice, out: &mut String) {
    if d.percent(60) {
        let _ = writeln!(out, "[evacuation]\nevery = \"{}min\"", d.within(60, 600));
        let _ = writeln!(out, "limit = \"{}s\"\naway = {}", d.within(0, 300), d.delay());
        let _ = writeln!(out, "max_in_flight = {}", d.within(1, 4));
    }
}

/// Deployments, restarts, maintenance, sleep and scripted changes.
fn changes(d: &mut Dice, out: &mut String, apps: u64, scaled: &[u64], sizes: &mut Dice) {
    if d.percent(50) {
        let _ = writeln!(out, "[operator]\ndetect = {}\nact = {}", d.delay(), d.delay());
    }
    let strategies = ["rolling", "make-before-break", "stop-start"];
    for app in 0..apps {
        if d.percent(40) {
            let often = if d.percent(50) { "rate = \"12/d\"" } else { "every = \"90min\"" };
            let _ = writeln!(out, "[app.a{app}.deployments]\n{often}");
            let _ = writeln!(out, "strategy = \"{}\"", d.of(&strategies));
            if d.percent(40) {
                let _ = writeln!(out, "max_in_flight = {}", d.within(1, 3));
            }
            let _ = writeln!(out, "bad = \"{}%\"\nrollback = {}", d.within(0, 60), d.delay());
            let _ = writeln!(out, "renews_age = {}", d.percent(50));
        }
        if d.percent(40) {
            let often = if d.percent(50) { "rate = \"24/d\"" } else { "every = \"45min\"" };
            let _ = writeln!(out, "[app.a{app}.restarts]\n{often}\ngap = {}", d.delay());
            let _ = writeln!(out, "success = \"{}%\"", d.within(0, 100));
        }
        if d.percent(30) {
            let _ = writeln!(
                out,
                "[app.a{app}.maintenance]\nwindow = \"sat {:02}:00\"",
                d.within(0, 23)
            );
            let _ =
                writeln!(out, "lasts = \"{}h\"\nused = \"{}%\"", d.within(1, 30), d.within(0, 100));
            let _ = writeln!(out, "begins = {}\nstrategy = \"{}\"", d.delay(), d.of(&strategies));
            if d.percent(50) {
                let _ = writeln!(out, "away = {}", d.delay());
            }
        }
        if d.percent(20) {
            let (from, hours) = (d.within(0, 23), d.within(1, 20));
            let _ = writeln!(out, "[app.a{app}.sleep]\nfrom = \"{from:02}:00\"");
            let _ = writeln!(out, "until = \"{:02}:00\"", (from + hours) % 24);
            let _ = writeln!(out, "weekends = {}", d.percent(30));
        }
    }
    for _ in 0..d.within(0, 3) {
        let app = d.within(0, apps - 1);
        let _ = writeln!(out, "[[change]]\napp = \"a{app}\"\nat = \"{}min\"", d.within(0, 10) * 30);
        match d.within(0, 2) {
            0 if scaled.contains(&app) => {}
            0 => drop(writeln!(out, "containers = 0")),
            // At least as many as any of these apps needs.
            1 if scaled.contains(&app) => drop(d.within(5, 7)),
            1 => drop(writeln!(out, "containers = {}", d.within(5, 7))),
            _ => drop(writeln!(out, "bad = {}\nrollback = {}", d.percent(50), d.delay())),
        }
        if sizes.percent(50) {
            let _ = writeln!(out, "memory = \"{}GiB\"", sizes.within(1, 6));
        }
        let _ = writeln!(out, "strategy = \"{}\"", d.of(&strategies));
        if d.percent(40) {
            let _ = writeln!(out, "away = {}", d.delay());
        }
        if d.percent(40) {
            let _ = writeln!(out, "window = \"{}h\"", d.within(1, 5));
        }
    }
}

//! No key of the platform parses and does nothing: two extreme values of each give different results.

mod common;

use common::scenario;
use std::sync::atomic::AtomicBool;
use zonefall::study::{self, Options};

/// Crashes, hangs and zone outages in plenty, on hosts that are nearly full.
fn measured(manager: &str, region: &str, more: &str) -> String {
    let scenario = scenario(&format!(
        "[study]\nhorizon = \"20d\"\nreplications = 4\n\
         [region.r]\ncountry = \"DE\"\nzones = [\"za\", \"zb\"]\n{region}\n\
         [health_manager]\n{manager}\nstart = {{ dist = \"exponential\", mean = \"60s\" }}\n\
         [app.a]\nregion = \"r\"\ncontainers = 3\nmemory = \"2GiB\"\nhealth_manager = {{}}\n\
         [app.b]\nregion = \"r\"\ncontainers = 2\nmemory = \"3GiB\"\nhealth_manager = {{}}\n\
         [failure.crash]\nkind = \"crash\"\ntargets = \"container.*\"\nmtbf = \"3h\"\n\
         [failure.hang]\nkind = \"hang\"\ntargets = \"container.*\"\nmtbf = \"5h\"\n\
         [failure.out]\nkind = \"outage\"\ntargets = \"zone.*\"\nmtbf = \"7h\"\nlasts = \"1h\"\n{more}"
    ));
    let options =
        Options { threads: 1, progress: &|_| (), stop: &AtomicBool::new(false), keep_rows: false };
    // Not the digest, in which the settings themselves are.
    let app = &study::run(&scenario, "", &options).findings.app;
    serde_json::to_string(app).expect("findings can be written as JSON")
}

#[track_caller]
fn differ(values: [&str; 2], measured: impl Fn(&str) -> String) {
    assert_ne!(measured(values[0]), measured(values[1]), "{values:?}");
}

#[test]
fn every_key_of_the_health_manager_matters() {
    for values in [
        ["generation = \"diego\"", "generation = \"hm9000\""],
        ["detect_hang = \"1s\"", "detect_hang = \"never\""],
        ["detect_loss = { expires = \"1s\" }", "detect_loss = { expires = \"10min\" }"],
        [
            "crash_ladder = \"none\"",
            "crash_ladder = { first = \"1h\", most = \"1h\", reset = \"1h\" }",
        ],
        [
            "crash_ladder = { first = \"1h\", most = \"1h\", reset = \"1h\" }",
            "crash_ladder = { immediate = 9, first = \"1h\", most = \"1h\", reset = \"1h\" }",
        ],
        [
            "crash_ladder = { first = \"1min\", most = \"1min\", reset = \"1d\" }",
            "crash_ladder = { first = \"1min\", most = \"2h\", reset = \"1d\" }",
        ],
        [
            "crash_ladder = { first = \"1s\", most = \"1h\", reset = \"1d\", give_up = \"never\" }",
            "crash_ladder = { first = \"1s\", most = \"1h\", reset = \"1d\", give_up = 2 }",
        ],
        [
            "crash_ladder = { first = \"1min\", most = \"1h\", reset = \"0s\" }",
            "crash_ladder = { first = \"1min\", most = \"1h\", reset = \"1d\" }",
        ],
        [
            "detect_loss = { expires = \"1s\" }\nconvergence = \"1s\"",
            "detect_loss = { expires = \"1s\" }\nconvergence = \"10min\"",
        ],
        ["parallel_starts = 1", "parallel_starts = \"unlimited\""],
        ["instances = 0", "instances = 1"],
        ["instances = 1\nzones = [\"za\"]", "instances = 1\nzones = [\"zb\"]"],
        ["instances = 2\ntakeover = \"0s\"", "instances = 2\ntakeover = \"1h\""],
    ] {
        differ(values, |value| measured(value, "", ""));
    }
    let crash = "[failure.m]\nkind = \"crash\"\ntargets = \"health-manager.*\"\nmtbf = \"1h\"\n";
    differ(["restart = \"0s\"", "restart = \"1h\""], |value| {
        measured(&format!("instances = 1\n{value}"), "", crash)
    });
}

#[test]
fn every_key_of_hosts_matters() {
    let hosts = |keys: &str| measured("", &format!("hosts = {{ {keys} }}"), "");
    let endless = measured("", "", "");
    assert_ne!(endless, hosts("per_zone = 2, memory = \"4GiB\""));
    differ(["per_zone = 2, memory = \"6GiB\"", "per_zone = 3, memory = \"6GiB\""], hosts);
    differ(["per_zone = 2, memory = \"4GiB\"", "per_zone = 2, memory = \"12GiB\""], hosts);
    differ(["returns = \"0s\"", "returns = \"3h\""], |value| {
        hosts(&format!("per_zone = 1, memory = \"8GiB\", {value}"))
    });
    let group = |keys: &str| {
        let both = |zone| {
            format!(
                "[host.h{zone}]\ncount = 2\nzone = \"{zone}\"\nsupervisor = {{ restart = \"1min\" }}\n{keys}\n"
            )
        };
        measured("", "", &(both("za") + &both("zb")))
    };
    differ(["memory = \"4GiB\"", "memory = \"12GiB\""], group);
    differ(["returns = \"0s\"", "returns = \"3h\""], |value| {
        group(&format!("memory = \"4GiB\"\n{value}"))
    });
}

#[test]
fn every_key_of_new_faults_matters() {
    let fault = |keys: &str| {
        let hosts = "hosts = { per_zone = 3, memory = \"4GiB\" }";
        measured("", hosts, &format!("[failure.f]\n{keys}\nlasts = \"1h\"\n"))
    };
    let loss = "kind = \"outage\"\ntargets = \"host.*\"\nmtbf = \"1d\"\n";
    differ(["chance = \"0%\"", "chance = \"100%\""], |value| {
        fault(&format!("{loss}company = {{ {value} }}"))
    });
    differ(["size = 2", "size = 9"], |value| {
        fault(&format!("{loss}company = {{ chance = \"100%\", {value} }}"))
    });
    let impaired = "kind = \"control-plane\"\ntargets = \"region.r\"\n";
    differ(["mtbf = \"1h\"", "mtbf = \"500y\""], |value| fault(&format!("{impaired}{value}")));
    let cut = "kind = \"isolation\"\ntargets = \"host.*\"\n";
    differ(["mtbf = \"5h\"", "mtbf = \"500y\""], |value| fault(&format!("{cut}{value}")));
}

#[test]
fn every_key_of_databases_matters() {
    let nodes = "[failure.n]\nkind = \"crash\"\ntargets = \"database-node.*\"\nmtbf = \"6h\"\n";
    let database = |keys: &str, modes: &str| {
        measured("", "", &format!("[app.b.database]\n{keys}\n{modes}\n{nodes}"))
    };
    let pair = |keys: &str| database(&format!("mode = \"multi-az\"\n{keys}"), "");
    let restored = |keys: &str| {
        let logs = if keys.contains("logs") { "" } else { "logs = { every = \"5min\" }\n" };
        pair(&format!(
            "size = \"9GiB\"\nnothing_left = \"restore\"\nrebuild.takes = \"2h\"\n{logs}{keys}\n\
             {}",
            if keys.contains("throughput") { "" } else { "restore.takes = \"1h\"" }
        ))
    };
    let modes = ["single", "multi-az", "cluster"].map(|it| format!("mode = \"{it}\""));
    let rebuilt = |mode: &str| database(&format!("{mode}\nrebuild.takes = \"2h\""), "");
    differ([&modes[0], &modes[1]], rebuilt);
    differ([&modes[1], &modes[2]], rebuilt);
    differ(["zones = [\"za\", \"zb\"]", "zones = [\"zb\", \"za\"]"], pair);
    for step in ["detect", "decide", "promote", "reconnect"] {
        let values = ["0s", "1h"].map(|it| format!("failover.{step} = \"{it}\""));
        differ([&values[0], &values[1]], pair);
    }
    let manual = |keys: &str| pair(&format!("failover = {{ {keys} }}"));
    differ(["coverage = \"100%\", manual = \"1h\"", "coverage = \"0%\", manual = \"1h\""], manual);
    differ(["coverage = \"0%\", manual = \"1h\"", "coverage = \"0%\", manual = \"2h\""], manual);
    differ(["takes = \"1s\"", "takes = \"9h\""], |it| pair(&format!("rebuild = {{ {it} }}")));
    for values in
        [["rate = \"0/y\"", "rate = \"9/d\""], ["rate = \"9/d\"", "rate = \"9/d\", takes = \"1h\""]]
    {
        differ(values, |it| pair(&format!("maintenance = {{ {it} }}")));
    }
    differ(["begins = \"at-loss\"", "begins = \"after-failover\""], |it| {
        pair(&format!("failover.promote = \"1h\"\nrebuild = {{ takes = \"2h\", {it} }}"))
    });
    differ(["nothing_left = \"wait-for-node\"", "nothing_left = \"restore\""], |it| {
        pair(&format!(
            "rebuild.takes = \"2h\"\nlogs = {{ every = \"5min\" }}\nrestore.takes = \"9h\"\n{it}"
        ))
    });
    for values in [
        ["restore.decision = \"0s\"", "restore.decision = \"9h\""],
        ["restore.throughput = \"10MiB/s\"", "restore.throughput = \"1MiB/s\""],
        [
            "restore.throughput = \"10MiB/s\"",
            "restore = { throughput = \"10MiB/s\", overhead = \"5h\" }",
        ],
        ["restore.fails = \"0%\"", "restore.fails = \"90%\""],
        ["restore.yields = \"single\"", "restore.yields = \"pair\""],
    ] {
        differ(values, restored);
    }
    differ(["takes = \"1s\"", "takes = \"9h\""], |it| {
        pair(&format!(
            "nothing_left = \"restore\"\nrebuild.takes = \"2h\"\nlogs = {{ every = \"5min\" }}\n\
             restore = {{ {it} }}"
        ))
    });
    differ(["mtbf = \"5h\"", "mtbf = \"500y\""], |it| {
        let wrong = format!("[failure.w]\nkind = \"data-loss\"\ntargets = \"database.*\"\n{it}\n");
        let logs = "mode = \"multi-az\"\nsize = \"9GiB\"\nlogs = { every = \"5min\" }";
        database(&format!("{logs}\nrestore.takes = \"1h\"\nrebuild.takes = \"2h\""), &wrong)
    });
    // What a mode has, its databases have.
    differ(["\"0s\"", "\"1h\""], |it| {
        let mode = format!("[database.multi-az]\nfailover.promote = {it}");
        database("mode = \"multi-az\"", &mode)
    });
}

#[test]
fn every_key_of_another_region_matters() {
    let gone = "[region.s]\ncountry = \"IE\"\nzones = 2\n[failure.whole]\nkind = \"outage\"\n\
                targets = \"region.r\"\nmtbf = \"2d\"\nlasts = \"9h\"\n";
    let app = |keys: &str, database: &str| {
        measured(
            "",
            "",
            &format!(
                "{gone}[app.c]\nregion = \"r\"\nhealth_manager = {{}}\n{keys}\n\
                 [app.c.database]\nmode = \"single\"\nrebuild.takes = \"1h\"\n{database}"
            ),
        )
    };
    let replica = "replica = { region = \"s\", lag = \"5s\", promote = \"5min\" }";
    let falls = |keys: &str| app(&format!("fallback = {{ region = \"s\", {keys} }}"), replica);
    assert_ne!(app("", replica), falls(""));
    for key in ["decision", "prepare", "dns", "return"] {
        let values = ["1min", "3h"].map(|it| format!("{key} = \"{it}\""));
        differ([&values[0], &values[1]], falls);
    }
    let copied = |keys: &str| {
        let nodes = "[failure.n]\nkind = \"outage\"\ntargets = \"database-node.c/1\"\n\
                     mtbf = \"1d\"\nlasts = \"9h\"\n";
        app("", &format!("replica = {{ region = \"s\", {keys} }}\n{nodes}"))
    };
    for key in ["lag", "decision", "promote"] {
        let values = ["1s", "1h"].map(|it| format!("{key} = \"{it}\""));
        differ([&values[0], &values[1]], copied);
    }
    differ(["replica = \"none\"", replica], |it| app("", it));
    // Where the copy stands is where it is lost.
    differ(["region = \"r\"", "region = \"s\""], |it| {
        let of = if it.contains("\"r\"") { "s" } else { "r" };
        measured(
            "",
            "",
            &format!(
                "{gone}[app.c]\n{}\nhealth_manager = {{}}\n[app.c.database]\nmode = \"single\"\n\
                 rebuild.takes = \"9h\"\nreplica = {{ {it}, promote = \"5min\" }}\n",
                format_args!("region = \"{of}\"")
            ),
        )
    });
}

#[test]
fn every_key_of_files_matters() {
    let replicas = "[failure.n]\nkind = \"crash\"\ntargets = \"replica.*\"\nmtbf = \"1d\"\n";
    let files = |keys: &str, more: &str| {
        let size = if keys.contains("size") { "" } else { "size = \"9GB\"\n" };
        let far = "[region.far]\ncountry = \"IE\"\nzones = [\"zf\"]\n";
        measured("", "", &format!("{far}[app.b.files]\n{size}{keys}\n{replicas}{more}"))
    };
    let pair =
        |keys: &str| files(&format!("replicas = 2\nreads = \"20%\"\nwrites = \"10%\"\n{keys}"), "");
    let rebuilt = |keys: &str| pair(&format!("rebuild = {{ {keys} }}"));
    for values in [
        ["size = \"1GB\"", "size = \"2GB\""],
        ["objects = 1000", "objects = 2000"],
        ["read_quorum = 1", "read_quorum = 2"],
        ["write_quorum = 1", "write_quorum = 2"],
        ["lost_with_zone = \"0%\"", "lost_with_zone = \"100%\""],
        ["lag = \"1s\"", "lag = \"1h\""],
        ["copy_to = \"none\"", "copy_to = \"far\""],
        ["relocate = \"none\"", "relocate = { below = 1, after = \"10min\", to = \"far\" }"],
    ] {
        let copied = |keys: &str| {
            let copy = if keys.contains("lag") { "copy_to = \"far\"\n" } else { "" };
            pair(&format!("{copy}rebuild.takes = \"2h\"\n{keys}"))
        };
        differ(values, copied);
    }
    differ(["takes = \"1s\"", "takes = \"9h\""], rebuilt);
    differ(["throughput = \"1GB/s\"", "throughput = \"1MB/s\""], rebuilt);
    differ(["replicas = 1", "replicas = 2"], |it| files(&format!("{it}\nreads = \"9%\""), ""));
    for values in [["reads = \"0%\"", "reads = \"50%\""], ["writes = \"0%\"", "writes = \"50%\""]] {
        // Of an app with a load, whose requests they fail.
        differ(values, |it| files(&format!("{it}\nrebuild.takes = \"2h\""), ""));
    }
    let moved = |keys: &str| {
        let rest =
            [("below", "below = 2"), ("after", "after = \"10min\""), ("to =", "to = \"far\"")];
        let rest = rest.iter().filter(|it| !keys.contains(it.0)).map(|it| format!(", {}", it.1));
        let rest: String = rest.collect();
        pair(&format!("rebuild.takes = \"2h\"\nread_quorum = 2\nrelocate = {{ {keys}{rest} }}"))
    };
    for values in [
        ["below = 1", "below = 2"],
        ["after = \"0s\"", "after = \"1h\""],
        ["takes = \"0s\"", "takes = \"1h\""],
        ["to = \"far\"", "to = \"za\""],
        ["back = \"at-quorum\"", "back = \"never\""],
    ] {
        differ(values, moved);
    }
    let fault = |keys: &str| files("reads = \"20%\"", &format!("[failure.f]\n{keys}\n"));
    let errors = "kind = \"file-errors\"\ntargets = \"region.r\"\nlasts = \"1h\"\n";
    differ(["mtbf = \"1d\"", "mtbf = \"500y\""], |it| fault(&format!("{errors}{it}")));
    differ(["fraction = \"1%\"", "fraction = \"100%\""], |it| {
        fault(&format!("{errors}mtbf = \"1d\"\n{it}"))
    });
    let wiped = "kind = \"data-loss\"\ntargets = \"bucket.*\"\n";
    differ(["mtbf = \"1d\"", "mtbf = \"500y\""], |it| fault(&format!("{wiped}{it}")));
}

/// A load that comes in waves, on containers that are few.
fn scaled(keys: &[(&str, &str)], value: &str) -> String {
    let mut all = vec![
        ("target", "\"70%\""),
        ("min", "2"),
        ("max", "6"),
        ("every", "\"2min\""),
        ("delay", "\"0s\""),
        ("cool_down", "\"5min\""),
    ];
    for (key, changed) in keys {
        all.retain(|it| it.0 != *key);
        all.push((key, changed));
    }
    let keys: Vec<_> = all.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    measured(
        "",
        "",
        &format!(
            "[profile.w]\nweekday = [\"0:00 10%\", \"8:00 100%\", \"9:00 20%\", \"12:00 60%\"]\n\
             [app.c]\nregion = \"r\"\ncontainers = 2\nhealth_manager = {{}}\ncapacity = \"20/s\"\n\
             load = {{ mean = \"40/s\", profile = \"w\" }}\n{value}\n\
             autoscaling = {{ {} }}\n",
            keys.join(", ")
        ),
    )
}

#[test]
fn every_key_of_an_autoscaler_matters() {
    for [key, few, many] in [
        ["target", "\"30%\"", "\"90%\""],
        ["min", "1", "2"],
        ["max", "3", "9"],
        ["every", "\"1min\"", "\"3h\""],
        ["delay", "\"0s\"", "\"30min\""],
        ["cool_down", "\"0s\"", "\"10h\""],
    ] {
        differ([few, many], |value| scaled(&[(key, value)], ""));
    }
}

#[test]
fn every_key_of_an_evacuation_matters() {
    let hosts = "hosts = { per_zone = 3, memory = \"6GiB\" }";
    let emptied = |keys: &str| measured("", hosts, &format!("[evacuation]\n{keys}\n"));
    assert_ne!(measured("", hosts, ""), emptied("every = \"5h\""));
    differ(["every = \"never\"", "every = \"5h\""], emptied);
    differ(["limit = \"10s\"", "limit = \"1h\""], |value| {
        emptied(&format!("every = \"5h\"\n{value}"))
    });
    differ(["away = \"0s\"", "away = \"1h\""], |value| {
        emptied(&format!("every = \"5h\"\n{value}"))
    });
    differ(["max_in_flight = 1", "max_in_flight = 4"], |value| {
        emptied(&format!("every = \"5h\"\naway = \"20min\"\n{value}"))
    });
}

#[test]
fn every_key_of_a_load_balancer_matters() {
    let behind = |keys: &str, more: &str| {
        let check = match keys.contains("interval") {
            true => "",
            false => "health_check = { interval = \"20s\", timeout = \"5s\", unhealthy = 2 }",
        };
        let app = "[app.c]\nregion = \"r\"\ncontainers = 2\nload = \"9/s\"\nhealth_manager = {}\n\
                   router = { unregister = \"1s\" }\n";
        let crash = "[failure.c]\nkind = \"crash\"\ntargets = \"router.*\"\nmtbf = \"3h\"\n";
        measured("", "", &format!("{app}{crash}[load_balancer]\n{keys}\n{check}\n{more}"))
    };
    let three = |value: &str| behind(&format!("routers = 3\nrestart = \"10min\"\n{value}"), "");
    differ(["routers = 1", "routers = 5"], |value| behind(value, ""));
    differ(["restart = \"0s\"", "restart = \"1h\""], |value| {
        behind(&format!("routers = 3\n{value}"), "")
    });
    differ(["zones = [\"za\"]", "zones = [\"zb\"]"], three);
    differ(["ttl = \"0s\"", "ttl = \"1h\""], three);
    differ(["clinging = \"0%\"", "clinging = \"50%\""], three);
    let checked = |interval: &str, timeout: &str, unhealthy: u32, healthy: u32| {
        three(&format!(
            "health_check = {{ interval = \"{interval}\", timeout = \"{timeout}\", \
             unhealthy = {unhealthy}, healthy = {healthy} }}"
        ))
    };
    let base = checked("20s", "5s", 2, 3);
    for other in [
        checked("2s", "5s", 2, 3),
        checked("20s", "15s", 2, 3),
        checked("20s", "5s", 9, 3),
        checked("20s", "5s", 2, 900),
    ] {
        assert_ne!(base, other);
    }
}

#[test]
fn the_memory_of_a_change_matters() {
    let hosts = "hosts = { per_zone = 2, memory = \"6GiB\" }";
    differ(["memory = \"1GiB\"", "memory = \"6GiB\""], |value| {
        measured("", hosts, &format!("[[change]]\napp = \"a\"\nat = \"2h\"\n{value}\n"))
    });
}

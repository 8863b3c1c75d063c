//! Fleets: many apps from few words are the same apps as written out, and wrong rows are told.

use zonefall::scenario::{Input, Loaded, Mistakes, Source, load};
use zonefall::study::{self, Options};

fn input(text: &str) -> Input {
    let head = "version = 1\nplatform = \"mendix-cloud@2026-11\"\n";
    let text = format!("{head}{text}");
    let file = Source { path: "estate.toml".into(), text, dir: "tests/data".into() };
    Input { files: vec![file], ..Input::default() }
}

#[track_caller]
fn sound(text: &str) -> Loaded {
    load(&input(text)).unwrap_or_else(|mistakes| panic!("{}", mistakes.rendered_plain))
}

#[track_caller]
fn wrong(text: &str) -> Mistakes {
    load(&input(text)).expect_err("a mistake")
}

#[test]
fn an_app_with_a_count_is_so_many_apps() {
    let counted = sound(
        "[app.web]\ncount = 12\nregion = \"eu-central-1\"\nplan = \"premium\"\ncontainers = 2\n\
         [app.web-07]\ncontainers = 3\n",
    );
    let written: String = (1..=12)
        .map(|number| {
            let containers = if number == 7 { 3 } else { 2 };
            format!(
                "[app.web-{number:02}]\nregion = \"eu-central-1\"\nplan = \"premium\"\n\
                 containers = {containers}\n"
            )
        })
        .collect();
    assert_eq!(counted.hash, sound(&written).hash);
    let apps = &counted.scenario.apps;
    assert!(apps[0].is_like(&apps[5]) && apps[7].is_like(&apps[11]), "copies stand in memory once");
    assert!(!apps[0].is_like(&apps[6]), "until one of them is changed");
    let keys: Vec<_> = counted.scenario.settings.iter().map(|it| it.key.as_str()).collect();
    assert!(keys.contains(&"app.web-*.containers") && keys.contains(&"app.web-07.containers"));
    assert!(keys.contains(&"app.*.response"), "what all have is told once");
}

#[test]
fn the_rows_of_a_file_are_apps() {
    let fleet = sound("fleet = \"fleet.csv\"\n[app.gamma]\nload = \"25/s\"\n");
    let written = sound(
        "[app.alpha]\nregion = \"eu-central-1\"\nplan = \"premium\"\ncontainers = 2\nload = \"10/s\"\n\
         slo = \"99.9%\"\n\
         [app.beta]\nregion = \"eu-west-1\"\nplan = \"standard\"\ncontainers = 1\n\
         [app.gamma]\nregion = \"eu-west-1\"\nplan = \"standard\"\ncontainers = 1\nload = \"25/s\"\n\
         slo = \"99.5%\"\nrouter.fail_open = false\n",
    );
    assert_eq!(fleet.hash, written.hash);
    let set = ("app.beta.containers".to_string(), "2".to_string());
    let mut one_more = input("fleet = \"fleet.csv\"\n");
    one_more.set.push(set);
    let beta = &load(&one_more).unwrap().scenario.apps[1];
    assert_eq!((beta.name.as_str(), beta.containers), ("beta", 2));
    let own = fleet.scenario.settings.iter().find(|it| it.key == "fleet");
    assert_eq!(own.map(|it| it.value.as_str()), Some("fleet.csv"));
}

#[test]
fn wrong_fleets_are_told_with_their_places() {
    let dir = std::env::temp_dir().join(format!("zonefall-fleet-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let told = |csv: &str| {
        std::fs::write(dir.join("apps.csv"), csv).unwrap();
        let mut input = input("fleet = \"apps.csv\"\n");
        input.files[0].dir = dir.clone();
        load(&input).expect_err("a mistake").rendered_plain
    };
    for (csv, said, place) in [
        ("app,region\na,eu-west-1\n", "a fleet needs a column `name`", "apps.csv:1"),
        ("name,regoin\na,x\n", "did you mean `region`", "apps.csv:1"),
        ("name,load,load.mean\na,1/s,2/s\n", "comes twice, or within another", "apps.csv:1"),
        ("name,region,plan\na/b,eu-west-1,premium\n", "`a/b` cannot be a name", "apps.csv:2"),
        (
            "name,region,plan\na,eu-west-1,premium\na,eu-west-1,premium\n",
            "two rows for `a`",
            "apps.csv:3",
        ),
        ("name,region,plan,containers\na,eu-west-1,premium,two\n", "`containers`", "apps.csv:2"),
        (
            "name,region,plan,health_manager\na,eu-west-1,premium,{ strat = 1 }\n",
            "did you mean `start`",
            "apps.csv:2",
        ),
    ] {
        let rendered = told(csv);
        assert!(rendered.contains(said) && rendered.contains(place), "{csv}\n{rendered}");
    }
    std::fs::remove_dir_all(&dir).unwrap();
    let app = "region = \"eu-west-1\"\nplan = \"premium\"\n";
    for (count, said) in [("0", "from 1 to"), ("\"many\"", "from 1 to"), ("999999999", "from 1 to")]
    {
        let rendered = wrong(&format!("[app.a]\ncount = {count}\n{app}")).rendered_plain;
        assert!(rendered.contains(said), "{rendered}");
    }
    let rendered = wrong(&format!("[app.a]\ncount = 300000\n{app}[app.b]\ncount = 300000\n{app}"))
        .rendered_plain;
    assert!(rendered.contains("at most 500000 apps"), "{rendered}");
    let both = wrong(&format!("[app.a]\ncount = 0\nload = 12\n{app}")).rendered_plain;
    assert!(both.contains("`load` needs a unit") && both.contains("2 mistakes"), "{both}");
    let missing = wrong("fleet = [\"nowhere.csv\", 3]\n").rendered_plain;
    assert!(missing.contains("no such file") && missing.contains("takes the name"), "{missing}");
}

/// Three apps, two scripted outages. January: a and b together for an hour, c alone for two. March: all
/// three for half an hour.
#[test]
fn what_falls_together_is_counted_together() {
    let outage = |at: &str, app: &str, lasts: &str| {
        let day = &at[..10];
        format!(
            "[[incident]]\nname = \"{app}-{day}\"\nkind = \"outage\"\nat = {at}:00Z\n\
             targets = [\"dependency.of-{app}\"]\nlasts = \"{lasts}\"\n"
        )
    };
    let mut text =
        "failures = \"none\"\nstudy = { start = 2026-01-01, replications = 3 }\n".to_string();
    for app in ["a", "b", "c"] {
        text += &format!(
            "[app.{app}]\nregion = \"eu-west-1\"\nplan = \"premium\"\ncontainers = 2\n\
             slo = {{ availability = \"99.9%\", of = \"time\" }}\n\
             [dependency.of-{app}]\nmandatory = true\nused_by = [\"app.{app}\"]\n"
        );
    }
    for (at, app, lasts) in [
        ("2026-01-10T10:00", "a", "1h"),
        ("2026-01-10T10:00", "b", "1h"),
        ("2026-01-20T10:00", "c", "2h"),
        ("2026-03-03T10:00", "a", "50min"),
        ("2026-03-03T10:10", "b", "50min"),
        ("2026-03-03T10:20", "c", "30min"),
    ] {
        text += &outage(at, app, lasts);
    }
    let loaded = sound(&text);
    let stop = std::sync::atomic::AtomicBool::new(false);
    let options = Options { threads: 2, progress: &|_| {}, stop: &stop, keep_rows: false };
    let findings = study::run(&loaded.scenario, &loaded.hash, &options).findings;
    let fleet = findings.fleet.expect("three apps are a fleet");
    let worst = fleet.worst.expect("there were outages");
    assert_eq!((worst.apps, worst.lasted_s, worst.replication), (3, 1800.0, 0));
    assert_eq!(worst.cause, "a-2026-03-03", "of three the first by name");
    // Of twelve months two were missed by somebody: 99.9 % of a month is 44.6 min.
    assert_eq!(fleet.all_meet_slo.unwrap().mean, 10.0 / 12.0);
    let year = 365.0 * 86_400.0;
    let minutes = |share: f64| (share * year / 60.0 * 1e6).round() / 1e6;
    let at_least: Vec<_> = fleet.down_at_least.iter().map(|it| minutes(it.mean)).collect();
    assert_eq!(at_least, [240.0, 100.0, 30.0]);
    assert_eq!(minutes(fleet.mean_down.mean), 370.0);
    let apart: f64 = findings.app.values().map(|app| app.unavailability.time.mean).sum();
    assert!((apart - fleet.mean_down.mean).abs() < 1e-15);
}

/// Five apps that are down for a day among a thousand that are not: the result lists a thousand, with
/// these five, and judges those that it does not list by the same measures.
#[test]
fn a_large_fleet_tells_one_by_one_who_loses_most() {
    let app = "region = \"eu-central-1\"\nplan = \"premium\"\ncontainers = 2\nload = \"5/s\"\n\
               slo = { availability = \"99%\", per = \"horizon\" }\n";
    let loaded = sound(&format!(
        "failures = \"none\"\nchanges = \"none\"\nstudy = {{ horizon = \"30d\", replications = 1 }}\n\
         dependency.login = {{ mandatory = true, used_by = [\"app.frail-*\"] }}\n\
         [app.calm]\ncount = 1000\n{app}[app.frail]\ncount = 5\n{app}\
         [[incident]]\nname = \"login\"\nat = \"3d\"\nkind = \"outage\"\ntargets = \"dependency.login\"\n\
         lasts = \"1d\"\n"
    ));
    let options =
        Options { threads: 2, progress: &|_| (), stop: &Default::default(), keep_rows: true };
    let outcome = study::run(&loaded.scenario, "", &options);
    let findings = &outcome.findings;
    assert_eq!((findings.app.len(), findings.architecture.apps.len()), (1000, 1000));
    let frail = findings.app.iter().filter(|(name, _)| name.starts_with("frail"));
    let lost: Vec<_> = frail.map(|(_, app)| app.unavailability.time.mean).collect();
    assert_eq!(lost, [1.0 / 30.0; 5]);
    assert_eq!(findings.fleet.as_ref().unwrap().apps, 1005);
    assert!(findings.notes.iter().any(|note| note.contains("all 1005 are in the fleet")));
    assert_eq!(findings.expectations.len(), 1005);
    for judged in &findings.expectations {
        let available = judged.estimate.expect("every app is judged").mean;
        let expected = if judged.subject.contains("frail") { 1.0 - 1.0 / 30.0 } else { 1.0 };
        assert_eq!(available, expected, "{}", judged.subject);
    }
}

//! The README shows what the program really prints: every `console` block is run, command by command,
//! and its output compared. `UPDATE_GOLDEN=1` writes what is printed now into the README.

mod cli_support;
mod shipped;

use cli_support::Place;
use shipped::without_time;
use std::path::Path;
use std::{env, fs};

/// How the program is called: installed, or in a clone.
const CALLS: [&str; 2] = ["zonefall", "cargo run --release --"];

#[test]
fn every_command_of_the_readme_prints_what_is_shown() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let place = shipped::place();
    let mut fresh = String::new();
    let mut lines = readme.lines().peekable();
    let mut in_console = false;
    let mut commands = 0;
    while let Some(line) = lines.next() {
        fresh += &format!("{line}\n");
        match line {
            "```console" => in_console = true,
            "```" => in_console = false,
            _ => {}
        }
        let Some(printed) = line.strip_prefix("$ ").filter(|_| in_console).and_then(|command| {
            commands += 1;
            run(&place, command)
        }) else {
            continue;
        };
        let mut shown = String::new();
        while let Some(next) = lines.next_if(|next| *next != "```" && !next.starts_with("$ ")) {
            shown += &format!("{next}\n");
        }
        if without_time(&shown) == without_time(&printed) {
            fresh += &shown;
        } else if env::var_os("UPDATE_GOLDEN").is_some() {
            fresh += &printed;
        } else {
            panic!("{line}\nshown:\n{shown}\nprinted:\n{printed}\nUPDATE_GOLDEN=1 accepts it");
        }
    }
    assert!(commands > 5, "only {commands} commands found");
    if env::var_os("UPDATE_GOLDEN").is_some() && fresh != readme {
        fs::write(path, fresh).unwrap();
    }
}

/// What a command prints on both streams; `None` for commands that are not the program's. `| head -N`
/// is understood.
fn run(place: &Place, command: &str) -> Option<String> {
    let (call, head) = match command.split_once(" | head -") {
        Some((call, lines)) => (call, lines.parse().unwrap()),
        None => (command, usize::MAX),
    };
    let args = CALLS.iter().find_map(|name| call.strip_prefix(name))?;
    let args: Vec<_> = words(args);
    let told = place.zonefall(&args.iter().map(String::as_str).collect::<Vec<_>>());
    assert_ne!(told.code, Some(1), "{command}: {}", told.err);
    Some((told.out + &told.err).lines().take(head).map(|line| format!("{line}\n")).collect())
}

/// Words as a shell separates them, with single quotes and nothing else.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![];
    for (i, part) in text.split('\'').enumerate() {
        match i % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_string)),
            _ => words.push(part.to_string()),
        }
    }
    words
}

#[test]
fn the_scenario_of_the_readme_is_the_first_example() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let first = fs::read_to_string(root.join("scenarios/first.toml")).unwrap();
    assert!(readme.contains(&format!("```toml\n{first}```")));
}

#[test]
fn every_link_of_the_readme_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for page in ["README.md", "benches/README.md", "scenarios/data/README.md"] {
        let text = fs::read_to_string(root.join(page)).unwrap();
        let folder = root.join(page).parent().unwrap().to_path_buf();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = link.split('#').next().unwrap();
            if file.starts_with("http") || file.is_empty() {
                continue;
            }
            assert!(folder.join(file).exists(), "{page} links to {link}, which is not there");
        }
    }
}

#[test]
fn the_readme_lists_all_that_is_not_modelled() {
    let readme =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    for missing in zonefall::study::definitions::not_modelled() {
        assert!(readme.contains(&format!("\n- {missing}\n")), "README.md lacks: {missing}");
    }
}

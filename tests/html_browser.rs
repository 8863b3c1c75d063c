//! The page in a real browser, headless Chromium: with script, without it, and under the policy of a
//! CI server that allows neither script nor style. Runs where `ZONEFALL_BROWSER_TESTS` is set.

mod cli_support;

use cli_support::Place;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a reader of the page finds, written into the page itself once it is loaded: the browser's own
/// `--dump-dom` brings it out.
const CHECK: &str = r#"<script>
window.problems = [];
window.addEventListener('error', function (e) { problems.push(String(e.message || e.target.tagName)); }, true);
window.addEventListener('unhandledrejection', function (e) { problems.push(String(e.reason)); });
console.error = function () { problems.push(Array.from(arguments).join(' ')); };
window.addEventListener('load', function () {
  var found = {};
  var seen = function (e) { var r = e.getBoundingClientRect(); return r.width > 100 && r.height > 20; };
  found.pictures = Array.from(document.querySelectorAll('svg')).filter(seen).length;
  found.drawn = Array.from(document.querySelectorAll('svg rect, svg circle, svg line')).length;
  found.overflow = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  var range = document.querySelector('#replay input');
  if (range) {
    var out = document.querySelector('#replay output');
    found.before = document.querySelectorAll('.is-down').length;
    range.value = 1;
    range.dispatchEvent(new Event('input'));
    found.during = document.querySelectorAll('.is-down').length;
    found.cursors = Array.from(document.querySelectorAll('.cursor')).filter(function (c) { return c.getAttribute('visibility') === 'visible'; }).length;
    found.told = out.textContent;
    range.value = range.max;
    range.dispatchEvent(new Event('input'));
    found.after = document.querySelectorAll('.is-down').length;
  }
  var table = Array.from(document.querySelectorAll('table.sortable')).find(function (t) { return t.querySelector('th button') && t.querySelector('td[data-s]'); });
  if (table) {
    var column = Array.from(table.tBodies[0].rows[0].cells).findIndex(function (c) { return c.dataset.s !== undefined; });
    var button = table.tHead.rows[0].cells[column].querySelector('button');
    var values = function () { return Array.from(table.tBodies[0].rows).map(function (r) { return Number(r.cells[column].dataset.s); }); };
    button.click();
    var up = values();
    button.click();
    var down = values();
    found.sorted = up.every(function (v, i) { return i === 0 || up[i - 1] <= v; }) && down.every(function (v, i) { return i === 0 || down[i - 1] >= v; }) && up[0] < down[0];
  }
  found.problems = problems;
  var place = document.createElement('pre');
  place.id = 'found';
  place.textContent = JSON.stringify(found);
  document.body.appendChild(place);
});
</script>"#;

const SCENARIO: &str = r#"
version  = 1
platform = "mendix-cloud@2026-11"
study    = { start = 2026-12-01, replications = 400, seed = 1 }
[app.shop]
region     = "eu-central-1"
plan       = "premium"
containers = 2
load       = "40/s"
slo        = { availability = "99.99%", in = "95% of months" }
[app.loja]
region     = "sa-east-1"
plan       = "standard"
containers = 1
load       = "12/s"
slo        = { availability = "99.5%", in = "95% of months" }
[service.all]
requires = { all = ["app.shop", "app.loja"] }
"#;

/// A place with the page of a run, or nothing where no browser is asked for.
fn ready() -> Option<(Place, PathBuf)> {
    if std::env::var_os("ZONEFALL_BROWSER_TESTS").is_none() {
        println!("skipped: set ZONEFALL_BROWSER_TESTS=1 to test the page in Chromium");
        return None;
    }
    install();
    let place = Place::new();
    place.file("estate.toml", SCENARIO);
    let told = place.zonefall(&["run", "estate.toml", "-q"]);
    assert!(matches!(told.code, Some(0 | 3 | 5)), "{told:?}");
    let page = place.path().join("output/estate/report.html");
    Some((place, page))
}

/// Debian's own, where it is missing; one test at a time.
fn install() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        if Command::new("chromium").arg("--version").output().is_ok() {
            return;
        }
        for args in [&["update"][..], &["install", "-y", "--no-install-recommends", "chromium"]] {
            let done = Command::new("apt-get").args(args).output();
            assert!(done.is_ok_and(|d| d.status.success()), "chromium cannot be installed");
        }
    });
}

fn chromium(place: &Place, page: &Path, width: u32, args: &[&str]) -> String {
    let profile = place.path().join(format!("profile-{width}-{}", args.len()));
    let mut command = Command::new("timeout");
    command.args([
        "120",
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
    ]);
    command.args([
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
    ]);
    command.args(["--disable-sync", "--hide-scrollbars", "--virtual-time-budget=4000"]);
    command.arg(format!("--user-data-dir={}", profile.display()));
    command.arg(format!("--window-size={width},1200"));
    command.args(args).arg(format!("file://{}", page.display()));
    let output = command.stderr(Stdio::null()).output().expect("chromium runs");
    assert!(output.status.success(), "{:?}", output.status);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The page with the check in it, at the very beginning so that it hears every error.
fn checked(place: &Place, page: &Path, name: &str, head: &str) -> PathBuf {
    let text = fs::read_to_string(page).unwrap();
    let at = text.find("<meta charset").unwrap();
    let path = place.path().join(name);
    fs::write(&path, format!("{}{head}{CHECK}{}", &text[..at], &text[at..])).unwrap();
    path
}

fn found(dom: &str) -> serde_json::Value {
    let at = dom.find("<pre id=\"found\">").expect("the check has run");
    let json = &dom[at + 16..];
    let json = &json[..json.find("</pre>").unwrap()];
    let json = json.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">");
    serde_json::from_str(&json).unwrap()
}

#[test]
fn with_script_tables_sort_the_scrubber_moves_and_the_console_is_quiet() {
    let Some((place, page)) = ready() else { return };
    let with_check = checked(&place, &page, "checked.html", "");
    for width in [1200, 500] {
        let found = found(&chromium(&place, &with_check, width, &["--dump-dom"]));
        assert_eq!(found["problems"], serde_json::json!([]), "{found}");
        assert!(found["pictures"].as_u64().unwrap() >= 8, "{found}");
        assert_eq!(found["sorted"], true, "{found}");
        assert_eq!(found["before"], 0, "{found}");
        assert!(found["during"].as_u64().unwrap() > 0, "{found}");
        assert_eq!(found["after"], 0, "{found}");
        assert!(found["told"].as_str().unwrap().contains("Down or open: "), "{found}");
        assert!(
            found["overflow"].as_i64().unwrap() <= 0,
            "the page is wider than the window: {found}"
        );
    }
}

/// The scrubber's place stays empty, and everything else is there: the script adds nothing that is told.
#[test]
fn without_script_nothing_is_missing() {
    let Some((place, page)) = ready() else { return };
    let text = fs::read_to_string(&page).unwrap();
    let policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'none'\">";
    let still = place.path().join("still.html");
    fs::write(&still, text.replace("<meta charset", &format!("{policy}<meta charset"))).unwrap();
    let dom = chromium(&place, &still, 1200, &["--dump-dom"]);
    assert!(dom.contains("<div id=\"replay\"></div>") && !dom.contains("<button"));
    assert_eq!(dom.matches("<svg").count(), text.matches("<svg").count());
    assert_eq!(dom.matches("<section").count(), 10);
}

/// What Jenkins sends by default, served as a page of its own: pictures keep their colours.
#[test]
fn under_the_policy_of_a_ci_server_the_pictures_are_there() {
    let Some((place, page)) = ready() else { return };
    let text = fs::read_to_string(&page).unwrap();
    let policy = "<meta http-equiv=\"Content-Security-Policy\" \
                  content=\"default-src 'none'; img-src 'self'; style-src 'self'\">";
    let bare = place.path().join("bare.html");
    fs::write(&bare, text.replace("<meta charset", &format!("{policy}<meta charset"))).unwrap();
    // The sandbox of the policy only works as a header or as an attribute of a frame.
    let frame =
        "<!doctype html><body><iframe sandbox width=1200 height=9000 src=\"bare.html\"></iframe>";
    fs::write(place.path().join("frame.html"), frame).unwrap();
    let shot = place.path().join("bare.png");
    let screenshot = format!("--screenshot={}", shot.display());
    chromium(&place, &bare, 1200, &[&screenshot]);
    let dom = chromium(&place, &bare, 1200, &["--dump-dom"]);
    assert!(!dom.contains("<button"), "a script ran under a policy that forbids it");
    assert_eq!(dom.matches("<svg").count(), text.matches("<svg").count());
    // A picture of one colour would compress to almost nothing.
    assert!(fs::metadata(&shot).unwrap().len() > 20_000);
    let framed = chromium(&place, &place.path().join("frame.html"), 1250, &["--dump-dom"]);
    assert!(framed.contains("<iframe sandbox"));
}

#[test]
fn it_prints_as_vectors() {
    let Some((place, page)) = ready() else { return };
    let pdf = place.path().join("report.pdf");
    let print = format!("--print-to-pdf={}", pdf.display());
    chromium(&place, &page, 1200, &[&print, "--no-pdf-header-footer"]);
    let bytes = fs::read(&pdf).unwrap();
    assert!(bytes.starts_with(b"%PDF") && bytes.len() > 30_000, "{}", bytes.len());
    let images = bytes.windows(14).filter(|w| w == b"/Subtype /Imag").count();
    assert_eq!(images, 0, "a picture was printed as pixels");
}

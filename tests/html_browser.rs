//! The page in a real browser, headless Chromium: with script, without it, and under the policy of a
//! CI server that allows neither script nor style; light, dark, on a telephone and on paper. Runs where
//! `ZONEFALL_BROWSER_TESTS` is set.

mod cli_support;

use cli_support::Place;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a reader of the page finds, written into the page itself once it is loaded: the browser's own
/// `--dump-dom` brings it out.
const CHECK: &str = r##"<script>
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
    var first = document.querySelector('.story button');
    first.focus();
    found.focused = document.activeElement === first;
    first.click();
    found.jumped = Number(range.value) > 0 && document.activeElement === range;
    range.value = range.max;
    range.dispatchEvent(new Event('input'));
    found.after = document.querySelectorAll('.is-down').length;
  }
  var sorts = function (table, column) {
    var button = table.tHead.rows[0].cells[column].querySelector('button');
    var values = function () { return Array.from(table.tBodies[0].rows).map(function (r) {
      var cell = r.cells[column];
      return cell.dataset.s === undefined ? parseFloat(cell.textContent) : Number(cell.dataset.s);
    }).filter(function (v) { return !isNaN(v); }); };
    button.focus();
    button.click();
    var up = values();
    button.click();
    var down = values();
    return document.activeElement === button && up.length > 1 && up[0] < up[up.length - 1]
      && up.every(function (v, i) { return i === 0 || up[i - 1] <= v; })
      && down.every(function (v, i) { return i === 0 || down[i - 1] >= v; })
      && table.tHead.rows[0].cells[column].getAttribute('aria-sort') === 'descending';
  };
  var heads = Array.from(document.querySelectorAll('#verdict table')).pop();
  // Minutes are plain numbers; lengths of time in several units are sorted by their seconds.
  found.sorted = range ? sorts(heads, 3) && sorts(heads, 7) : sorts(heads, 3);
  var bar = document.querySelector('#causes rect[fill="#c07000"], #causes rect[fill="#0b5cad"]');
  found.colours = [getComputedStyle(document.body).backgroundColor, bar && getComputedStyle(bar).fill];
  found.problems = problems;
  var place = document.createElement('pre');
  place.id = 'found';
  place.textContent = JSON.stringify(found);
  document.body.appendChild(place);
});
</script>"##;

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

/// `file://` for a path; an address stays as it is.
fn address(page: &Path) -> String {
    let page = page.display().to_string();
    if page.starts_with("http:") { page } else { format!("file://{page}") }
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
    command.args(args).arg(address(page));
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
        for true_ in ["sorted", "focused", "jumped"] {
            assert_eq!(found[true_], true, "{true_}: {found}");
        }
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
    assert_eq!(dom.matches("<section").count(), 8);
}

/// What Jenkins sends by default.
const POLICY: &str = "sandbox; default-src 'none'; img-src 'self'; style-src 'self'";

/// Serves files by their names until the test ends; gives its address. The policy goes as a header,
/// which is the only way in which `sandbox` works.
fn serve(files: Vec<(&'static str, String)>, policy: Option<&'static str>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            let read = stream.read(&mut request).unwrap_or(0);
            let line = String::from_utf8_lossy(&request[..read]).into_owned();
            let path = line.split(' ').nth(1).unwrap_or("").trim_start_matches('/').to_string();
            let found = files.iter().find(|(name, _)| *name == path);
            let (status, body) =
                found.map_or(("404 Not Found", ""), |(_, text)| ("200 OK", text.as_str()));
            let policy =
                policy.map_or(String::new(), |p| format!("Content-Security-Policy: {p}\r\n"));
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n{policy}\
                 Content-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            // The browser may have left.
            let _ =
                stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
        }
    });
    address
}

/// Pictures keep their colours, tables their lines, and nothing runs.
#[test]
fn under_the_policy_of_a_ci_server_everything_is_there() {
    let Some((place, page)) = ready() else { return };
    let text = fs::read_to_string(&page).unwrap();
    let address = serve(vec![("report.html", text.clone())], Some(POLICY));
    let served = PathBuf::from(format!("{address}/report.html"));
    let dom = chromium(&place, &served, 1200, &["--dump-dom"]);
    assert!(!dom.contains("<button"), "a script ran under a policy that forbids it");
    for part in ["<svg", "<rect", "<circle", "<table", "<tr", "<td", "<details", "<figure", "<li"] {
        assert_eq!(dom.matches(part).count(), text.matches(part).count(), "{part}");
    }
    for colour in
        ["fill=\"#0b5cad\"", "fill=\"#c07000\"", "stroke=\"#b3321c\"", "text-anchor=\"end\""]
    {
        assert!(dom.matches(colour).count() > 3, "{colour}");
    }
    #[cfg(feature = "png")]
    painted(&place, &served);
}

/// What is painted: bars, marks of objectives, cells of months, and text.
#[cfg(feature = "png")]
fn painted(place: &Place, served: &Path) {
    let shot = place.path().join("bare.png");
    let screenshot = format!("--screenshot={}", shot.display());
    let tall = ["--window-size=1200,9000", &screenshot];
    chromium(place, served, 1200, &tall);
    let pixels = tiny_skia::Pixmap::load_png(&shot).unwrap();
    let count = |hex: u32| {
        let of = |p: &&tiny_skia::PremultipliedColorU8| {
            u32::from(p.red()) << 16 | u32::from(p.green()) << 8 | u32::from(p.blue()) == hex
        };
        pixels.pixels().iter().filter(of).count()
    };
    for (hex, least) in [(0x0b_5cad, 2000), (0xc0_7000, 2000), (0x0a_7a5a, 2000), (0xb3_321c, 50)] {
        assert!(count(hex) > least, "{hex:06x}: {}", count(hex));
    }
    assert!(count(0) > 2000, "the text of the tables, which is black without a style");
}

#[test]
fn on_a_telephone_nothing_sticks_out() {
    let Some((place, page)) = ready() else { return };
    let text = fs::read_to_string(&page).unwrap();
    let frame = "<!doctype html><body style=\"margin:0\"><iframe src=\"report.html\" \
                 style=\"border:0;width:390px;height:3000px\"></iframe><script>\
                 window.addEventListener('load', function () {\
                 var page = document.querySelector('iframe').contentDocument.documentElement;\
                 var narrow = Array.from(page.querySelectorAll('svg.narrow'));\
                 var seen = narrow.filter(function (e) { return e.getBoundingClientRect().width > 300; });\
                 document.title = [page.clientWidth, page.scrollWidth, narrow.length, seen.length].join(' '); });\
                 </script>";
    let files = vec![("report.html", text), ("frame.html", frame.to_string())];
    let address = PathBuf::from(serve(files, None) + "/frame.html");
    let dom = chromium(&place, &address, 600, &["--dump-dom"]);
    let title =
        &dom[dom.find("<title>").expect("the check has run") + 7..dom.find("</title>").unwrap()];
    let found: Vec<u32> = title.split(' ').map(|n| n.parse().unwrap()).collect();
    assert_eq!(found[..2], [390, 390], "{title}");
    assert!(found[2] >= 8 && found[2] == found[3], "{title}");
}

#[test]
fn who_prefers_dark_pages_gets_dark_pictures_too() {
    let Some((place, page)) = ready() else { return };
    let with_check = checked(&place, &page, "dark.html", "");
    for (scheme, paper, bars) in [
        (1, "rgb(255, 255, 255)", ["rgb(11, 92, 173)", "rgb(192, 112, 0)"]),
        (0, "rgb(18, 23, 30)", ["rgb(116, 180, 245)", "rgb(245, 181, 61)"]),
    ] {
        let scheme = format!("--blink-settings=preferredColorScheme={scheme}");
        let found = found(&chromium(&place, &with_check, 1200, &[&scheme, "--dump-dom"]));
        assert_eq!(found["colours"][0], paper);
        assert!(bars.iter().any(|bar| found["colours"][1] == *bar), "{found}");
    }
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

//! What takes a subject down, as bars.

use super::is_narrow;
use crate::report::svg::{Paint, Picture, cut, rect, text};
use crate::report::{number, text as plain};
use crate::study::findings::Cause;

/// Causes with a bar of their own.
const BARS: usize = 8;
/// Fewer than this are counted out.
const FEW: u64 = 50;

/// `None` where nothing was lost. Causes for which `doubtful` holds are marked.
pub fn picture(
    label: &str,
    causes: &[Cause],
    doubtful: &dyn Fn(&str) -> bool,
    width: f64,
) -> Option<Picture> {
    let causes: Vec<&Cause> = causes.iter().filter(|c| c.lost_a_year() > 0.0).collect();
    let largest = causes.iter().map(|c| c.share()).reduce(f64::max)?;
    let worth = causes.iter().take_while(|c| c.share() >= 0.001).count().max(1);
    let shown =
        if causes.len() <= BARS { causes.len().min(worth + 1) } else { worth.min(BARS - 1) };
    let (shown, rest) = causes.split_at(shown);
    let mut picture = Picture::new(width, format!("What takes {label} down"));
    let first = shown.first().map_or(String::new(), |c| {
        format!("; most by {}: {}", words(&c.cause), number::percent(c.share()))
    });
    picture.description =
        format!("Bars of the minutes a year lost to each of {} causes{first}.", causes.len());
    let mut rows: Vec<Row> = shown.iter().map(|c| Row::of(c, doubtful(&c.cause))).collect();
    if !rest.is_empty() {
        let (lost, share) =
            rest.iter().fold((0.0, 0.0), |(l, s), c| (l + c.lost_a_year(), s + c.share()));
        let name = match rest {
            [one] => words(&one.cause),
            _ => format!("{} others", rest.len()),
        };
        let hint = String::new();
        rows.push(Row {
            name,
            often: String::new(),
            lost,
            share,
            hint,
            rough: "",
            doubtful: false,
        });
    }
    if is_narrow(width) {
        narrow(&mut picture, &rows, largest)
    } else {
        wide(&mut picture, &rows, largest)
    }
    Some(picture)
}

struct Row {
    name: String,
    often: String,
    lost: f64,
    share: f64,
    hint: String,
    rough: &'static str,
    doubtful: bool,
}

impl Row {
    fn of(cause: &Cause, doubtful: bool) -> Row {
        let over = cause.over_by_p95_s.as_ref().map(number::rough_duration);
        let over = over.map_or(String::new(), |p95| format!(", over within {p95} (p95)"));
        // Faults that only cost the requests in flight are not counted.
        let often = match cause.seen {
            0 => "–".into(),
            _ => number::significant(cause.per_year.mean, 2),
        };
        Row {
            name: words(&cause.cause),
            lost: cause.lost_a_year(),
            share: cause.share(),
            hint: format!(
                "{}: {often} times a year, {} seen{over}",
                words(&cause.cause),
                number::grouped(cause.seen)
            ),
            often,
            rough: if cause.seen < FEW && cause.seen > 0 { "~" } else { "" },
            doubtful,
        }
    }

    fn minutes(&self) -> String {
        match self.lost {
            lost if lost > 0.0 && lost < 0.06 => "< 0.001".into(),
            lost => format!("{}{}", self.rough, number::minutes(lost)),
        }
    }
}

fn wide(picture: &mut Picture, rows: &[Row], largest: f64) {
    let width = picture.width;
    let (left, right) = (196.0, width - 268.0);
    let columns = [width - 166.0, width - 88.0, width];
    for (x, head) in columns.iter().zip(["minutes a year", "share", "times a year"]) {
        picture.add(text(*x, 12.0, head).size(12.0).fill(Paint::Soft).end());
    }
    for (i, row) in rows.iter().enumerate() {
        let y = 22.0 + 27.0 * i as f64;
        let base = y + 16.5;
        picture.add(text(left - 12.0, base, name(row, left - 12.0)).end());
        picture.add(rect(left, y + 3.0, right - left, 20.0, Paint::Panel).round(3.0));
        let bar = ((right - left) * row.share / largest).max(1.5);
        let paint = if row.doubtful { Paint::Orange } else { Paint::Accent };
        picture.add(rect(left, y + 3.0, bar, 20.0, paint).round(3.0).titled(&row.hint));
        let cells = [row.minutes(), share(row.share), row.often.clone()];
        for (x, cell) in columns.iter().zip(cells) {
            picture.add(text(*x, base, cell).end());
        }
    }
    picture.height = 26.0 + 27.0 * rows.len() as f64;
}

fn narrow(picture: &mut Picture, rows: &[Row], largest: f64) {
    let width = picture.width;
    for (i, row) in rows.iter().enumerate() {
        let y = 40.0 * i as f64;
        let value = format!("{} min · {}", row.minutes(), share(row.share));
        picture.add(text(0.0, y + 13.0, name(row, width - 140.0)));
        picture.add(text(width, y + 13.0, value).fill(Paint::Soft).end());
        picture.add(rect(0.0, y + 19.0, width, 12.0, Paint::Panel).round(3.0));
        let bar = (width * row.share / largest).max(1.5);
        let paint = if row.doubtful { Paint::Orange } else { Paint::Accent };
        picture.add(rect(0.0, y + 19.0, bar, 12.0, paint).round(3.0).titled(&row.hint));
    }
    picture.height = 40.0 * rows.len() as f64;
}

/// What is next to nothing needs no digits here; the table has them.
fn share(share: f64) -> String {
    if share > 0.0 && share < 1e-4 { "< 0.01 %".into() } else { number::percent(share) }
}

fn name(row: &Row, room: f64) -> String {
    match row.doubtful {
        true => format!("⚠ {}", cut(&row.name, 13.0, room - 18.0)),
        false => cut(&row.name, 13.0, room),
    }
}

/// `zone-outage` → `zone outage`.
pub fn words(cause: &str) -> String {
    plain::clean(cause).replace('-', " ")
}

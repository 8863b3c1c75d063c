//! A picture by plotters: SVG only, which needs no font and no system library, and is byte-identical for the same
//! result.

use super::svg::Picture;
use super::{File, Material};
use super::{number, subjects};
use crate::study::findings::Findings;
use plotters::prelude::*;
use rayon::prelude::*;

/// Curves in one picture; more could not be told apart.
const CURVES: usize = 7;
/// Okabe and Ito's colours, which people of every colour vision can tell apart.
const COLOURS: [RGBColor; CURVES] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(230, 159, 0),
    RGBColor(0, 0, 0),
];
const SIZE: (u32, u32) = (860, 460);
/// Steps of the horizontal axis at which a curve is drawn.
const STEPS: usize = 400;

/// The spread of downtime.
pub fn print(material: &Material) -> String {
    downtime(material.findings)
}

/// `plots/downtime.svg`.
pub fn files(material: &Material) -> Vec<File> {
    let mut files = vec![File::text("plots/downtime.svg", downtime(material.findings))];
    files.extend(pictures(material.findings));
    files
}

/// The pictures of the page, for those who put them into pages of their own.
fn pictures(findings: &Findings) -> Vec<File> {
    use super::svg::pictures::{
        WIDE, architecture, failover, months, nines, room, timeline, years,
    };
    let subjects = subjects::all(findings);
    let mut worst: Vec<_> = subjects.iter().collect();
    worst.sort_by(|a, b| b.of.lost_a_year().total_cmp(&a.of.lost_a_year()));
    let row = |s: &&subjects::Named| nines::Row {
        label: s.label.clone(),
        heading: String::new(),
        estimate: *s.of.headline(),
        target: s.of.slo.first().map(|slo| slo.target),
        headline: true,
    };
    let rows: Vec<_> = worst.iter().map(row).collect();
    let focus = subjects::in_focus(findings, &subjects);
    let causes = |s: &subjects::Named| {
        super::svg::pictures::causes::picture(&s.label, &s.of.causes, &|_| false, WIDE)
    };
    let busiest = super::room::busiest(&subjects);
    let year = findings.bad_year.as_ref();
    let outage = year.and_then(|y| Some((y, timeline::worst(y, 1).pop()?)));
    let all = [
        (("plots/causes.svg", "plots/causes.png"), focus.and_then(causes)),
        (
            ("plots/availability.svg", "plots/availability.png"),
            nines::picture("Availability", &rows, WIDE),
        ),
        (("plots/years.svg", "plots/years.png"), years::picture(&worst, WIDE)),
        (("plots/months.svg", "plots/months.png"), months::picture(&worst, WIDE)),
        (("plots/failover.svg", "plots/failover.png"), failover::picture(&worst, WIDE)),
        (
            ("plots/room.svg", "plots/room.png"),
            busiest.first().map(|(s, room)| room::picture(s, room, &findings.study.start, WIDE)),
        ),
        (("plots/architecture.svg", "plots/architecture.png"), architecture::picture(findings)),
        (("plots/year.svg", "plots/year.png"), year.map(|y| timeline::strip(y, WIDE))),
        (
            ("plots/outage.svg", "plots/outage.png"),
            outage.map(|(y, e)| timeline::episode(y, &e, WIDE).0),
        ),
    ];
    let drawn = |((svg, png), picture): ((&'static str, &'static str), Option<Picture>)| {
        let Some(picture) = picture else { return vec![] };
        let drawing = File::text(svg, picture.file());
        #[cfg(feature = "png")]
        let pixels = Some(File { name: png, content: super::svg::raster::png(&picture) });
        #[cfg(not(feature = "png"))]
        let pixels = Some(png).and(None);
        std::iter::once(drawing).chain(pixels).collect()
    };
    // The pixels of a large fleet take longer than all other files.
    let files: Vec<Vec<File>> = all.into_par_iter().map(drawn).collect();
    files.concat()
}

/// What one subject loses in single years: shares of years and minutes, both ascending.
struct Curve {
    label: String,
    years: Vec<(f64, f64)>,
}

impl Curve {
    fn of(named: &subjects::Named) -> Curve {
        let years = named.of.spread_s.iter().map(|[p, seconds]| (*p, seconds / 60.0)).collect();
        Curve { label: named.label.clone(), years }
    }

    /// The share of years that lose more than so many minutes.
    fn share_above(&self, minutes: f64) -> f64 {
        let at_most = self.years.partition_point(|(_, m)| *m <= minutes);
        1.0 - at_most.checked_sub(1).map_or(0.0, |last| self.years[last].0)
    }

    /// The least that so large a share of years keeps to.
    fn quantile(&self, p: f64) -> f64 {
        let place = self.years.partition_point(|(share, _)| *share < p);
        self.years.get(place).or(self.years.last()).map_or(0.0, |(_, m)| *m)
    }
}

/// How many years lose more than so many minutes, per app and service.
fn downtime(findings: &Findings) -> String {
    let curves = curves(findings);
    // The last hundredth would squeeze everything else into a corner; the description tells it.
    let right = curves.iter().map(|c| c.quantile(0.99));
    let right = right.fold(1.0_f64, f64::max) * 1.05;
    let title = "Minutes lost in a year: how often it is more than …".to_string();
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        draw(&root, &curves, right, &title).expect("drawing into a string cannot fail");
    }
    described(&svg, &title, &description(&curves))
}

fn curves(findings: &Findings) -> Vec<Curve> {
    let mut subjects = subjects::all(findings);
    subjects.retain(|s| !s.of.spread_s.is_empty());
    // Those that lose the most; the sort is stable, so equals stay in the order of their names.
    subjects.sort_by(|a, b| b.of.lost_a_year().total_cmp(&a.of.lost_a_year()));
    subjects.truncate(CURVES);
    subjects.iter().map(Curve::of).collect()
}

fn draw<DB: DrawingBackend>(
    root: &DrawingArea<DB, plotters::coord::Shift>,
    curves: &[Curve],
    right: f64,
    title: &str,
) -> Result<(), DrawingAreaErrorKind<DB::ErrorType>> {
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(root)
        .caption(title, ("sans-serif", 18))
        .margin(16)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d(0.0..right, 0.0..1.0)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(RGBColor(225, 225, 225))
        .axis_style(RGBColor(120, 120, 120))
        .label_style(("sans-serif", 13))
        .x_desc("minutes lost")
        .y_desc("share of years")
        .x_label_formatter(&|m| number::minutes(m * 60.0))
        .y_label_formatter(&|share| format!("{:.0} %", share * 100.0))
        .draw()?;
    for (curve, colour) in curves.iter().zip(COLOURS) {
        let points = (0..=STEPS).map(|i| {
            let at = right * i as f64 / STEPS as f64;
            (at, curve.share_above(at))
        });
        chart
            .draw_series(LineSeries::new(points, colour.stroke_width(2)))?
            .label(&curve.label)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
    }
    if !curves.is_empty() {
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperRight)
            .background_style(WHITE)
            .label_font(("sans-serif", 13))
            .draw()?;
    }
    root.present()
}

fn description(curves: &[Curve]) -> String {
    if curves.is_empty() {
        return "No year was lost anything in, or none is whole.".into();
    }
    let of = |c: &Curve| {
        format!(
            "{}: something lost in {} of years, median {}, most {}.",
            c.label,
            number::percent(c.share_above(0.0)),
            number::duration(c.quantile(0.5) * 60.0),
            number::duration(c.quantile(1.0) * 60.0),
        )
    };
    curves.iter().map(of).collect::<Vec<_>>().join(" ")
}

/// plotters writes no title or description; without them a screen reader finds an unnamed picture.
fn described(svg: &str, title: &str, description: &str) -> String {
    let Some(head) = svg.find("<svg").and_then(|at| svg[at..].find('>').map(|end| at + end)) else {
        return svg.into();
    };
    let (open, rest) = svg.split_at(head);
    let (title, description) = (escaped(title), escaped(description));
    format!(
        "{open} role=\"img\" aria-labelledby=\"title desc\">\n<title id=\"title\">{title}</title>\n\
         <desc id=\"desc\">{description}</desc>{}",
        &rest[1..]
    )
}

/// Safe in the text of an XML element.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_counts_what_is_longer_with_ties_kept() {
        let years = vec![(0.0, 0.0), (0.4, 0.0), (0.5, 5.0), (0.8, 5.0), (1.0, 9.0)];
        let curve = Curve { label: "x".into(), years };
        let above = [-1.0, 0.0, 4.9, 5.0, 9.0].map(|m| (curve.share_above(m) * 10.0).round());
        assert_eq!(above, [10.0, 6.0, 6.0, 2.0, 0.0]);
        assert_eq!([0.0, 0.4, 0.45, 1.0].map(|p| curve.quantile(p)), [0.0, 0.0, 5.0, 9.0]);
    }

    #[test]
    fn a_picture_has_a_title_and_no_markup_of_its_names() {
        let svg = described("<svg width=\"1\">\n</svg>", "a", "<script>&");
        assert!(svg.contains("role=\"img\"") && svg.contains("<title id=\"title\">a</title>"));
        assert!(svg.contains("<desc id=\"desc\">&lt;script&gt;&amp;</desc>"));
        assert!(svg.ends_with("\n</svg>"));
    }
}

//! Pictures: SVG only, which needs no font and no system library, and is byte-identical for the same
//! result.

use super::{File, Material};
use super::{number, subjects};
use crate::study::findings::Findings;
use plotters::prelude::*;

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
    vec![File { name: "plots/downtime.svg", content: downtime(material.findings) }]
}

/// One subject's downtimes, ascending.
struct Curve {
    label: String,
    minutes: Vec<f64>,
}

impl Curve {
    /// The share of replications with more than so many minutes.
    fn share_above(&self, minutes: f64) -> f64 {
        let at_most = self.minutes.partition_point(|m| *m <= minutes);
        (self.minutes.len() - at_most) as f64 / self.minutes.len() as f64
    }
}

/// How many replications are down for longer than so many minutes, per app and service.
fn downtime(findings: &Findings) -> String {
    let curves = curves(findings);
    // The last hundredth would squeeze everything else into a corner; the description tells it.
    let right = curves.iter().map(|c| c.minutes[(c.minutes.len() - 1) * 99 / 100]);
    let right = right.fold(1.0_f64, f64::max) * 1.05;
    let period = number::duration(findings.study.horizon_s);
    let title = format!("Downtime in {period}: how often it is longer than …");
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        draw(&root, &curves, right, &title).expect("drawing into a string cannot fail");
    }
    described(&svg, &title, &description(&curves))
}

fn curves(findings: &Findings) -> Vec<Curve> {
    let mut subjects = subjects::all(findings);
    subjects.retain(|s| !s.of.downtime_s_per_replication.is_empty());
    // Those that lose the most; the sort is stable, so equals stay in the order of their names.
    subjects.sort_by(|a, b| b.of.lost_a_year().total_cmp(&a.of.lost_a_year()));
    subjects.truncate(CURVES);
    let curve = |s: subjects::Named| {
        let seconds = &s.of.downtime_s_per_replication;
        let mut minutes: Vec<f64> = seconds.iter().map(|s| s / 60.0).collect();
        minutes.sort_by(f64::total_cmp);
        Curve { label: s.label, minutes }
    };
    subjects.into_iter().map(curve).collect()
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
        .x_desc("minutes down")
        .y_desc("share of replications")
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
        return "No downtime was recorded by replication.".into();
    }
    let of = |c: &Curve| {
        let median = c.minutes[(c.minutes.len() - 1) / 2];
        format!(
            "{}: down at all in {} of replications, median {}, longest {}.",
            c.label,
            number::percent(c.share_above(0.0)),
            number::duration(median * 60.0),
            number::duration(c.minutes.last().copied().unwrap_or(0.0) * 60.0),
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
        let curve = Curve { label: "x".into(), minutes: vec![0.0, 0.0, 5.0, 5.0, 9.0] };
        let above = [-1.0, 0.0, 4.9, 5.0, 9.0].map(|m| curve.share_above(m));
        assert_eq!(above, [1.0, 0.6, 0.6, 0.2, 0.0]);
    }

    #[test]
    fn a_picture_has_a_title_and_no_markup_of_its_names() {
        let svg = described("<svg width=\"1\">\n</svg>", "a", "<script>&");
        assert!(svg.contains("role=\"img\"") && svg.contains("<title id=\"title\">a</title>"));
        assert!(svg.contains("<desc id=\"desc\">&lt;script&gt;&amp;</desc>"));
        assert!(svg.ends_with("\n</svg>"));
    }
}

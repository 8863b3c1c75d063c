//! Can it be read? Contrast by the formula of WCAG 2.2, and colours as people with a colour vision of
//! their own see them, on light and on dark pages.

mod report_support;

use report_support::findings;
use zonefall::report::svg::Paint;
use zonefall::report::{Material, html};
use zonefall::study::findings::*;
use zonefall::study::rows::Rows;

/// Text needs this (1.4.3), what else carries meaning this (1.4.11).
const TEXT: f64 = 4.5;
const GRAPHICS: f64 = 3.0;

type Rgb = [f64; 3];

/// Linear light from `#rrggbb`.
fn linear(hex: &str) -> Rgb {
    let part = |at: usize| {
        let c = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).expect("a colour")) / 255.0;
        if c <= 0.040_45 { c / 12.92 } else { libm::pow((c + 0.055) / 1.055, 2.4) }
    };
    [part(1), part(3), part(5)]
}

fn luminance(c: Rgb) -> f64 {
    0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]
}

fn contrast(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(linear(a)), luminance(linear(b)));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The dark colour that the style puts in the place of a literal one.
fn dark(light: &str) -> &'static str {
    let paint = Paint::ALL.into_iter().find(|p| p.light() == light);
    paint.unwrap_or_else(|| panic!("{light} is no paint")).dark()
}

#[test]
fn the_formulas_give_the_published_values() {
    assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
    assert!((contrast("#777777", "#ffffff") - 4.48).abs() < 0.005);
    let red = seen(linear("#ff0000"), Some(&DEUTERANOPIA));
    let green = seen(linear("#00ff00"), Some(&DEUTERANOPIA));
    assert!(distance(red, green) < 0.6 * distance(linear("#ff0000"), linear("#00ff00")));
}

#[test]
fn every_colour_that_means_something_stands_out_from_the_page() {
    use Paint::*;
    for mark in [Ink, Soft, Bad, Good, Warn, Accent, Blue, Orange, Green, Purple, Sky] {
        for ground in [Paper, Panel] {
            let on_light = contrast(mark.light(), ground.light());
            let on_dark = contrast(mark.dark(), ground.dark());
            assert!(on_light >= GRAPHICS, "{mark:?} on {ground:?}: {on_light:.2}");
            assert!(on_dark >= GRAPHICS, "{mark:?} on {ground:?}, dark: {on_dark:.2}");
        }
    }
}

/// Every text of every picture, on what is painted under it.
#[test]
fn every_text_in_the_pictures_can_be_read() {
    let mut texts = 0;
    let mut grounds = std::collections::BTreeSet::new();
    for page in pages() {
        for picture in page.split("<svg ").skip(1) {
            let picture = &picture[..picture.find("</svg>").expect("every picture ends")];
            let mut painted: Vec<(Area, String)> = Vec::new();
            for shape in picture.split('<').filter_map(shape) {
                match shape {
                    Shape::Ground(area, fill) => painted.push((area, fill)),
                    Shape::Text(at, fill) => {
                        let under = painted.iter().rev().find(|(area, _)| area.holds(at));
                        let under = under.map_or("#ffffff", |(_, fill)| fill);
                        let (light, night) =
                            (contrast(&fill, under), contrast(dark(&fill), dark(under)));
                        assert!(light >= TEXT, "{fill} on {under}: {light:.2}\n{picture}");
                        assert!(night >= TEXT, "{fill} on {under}, dark: {night:.2}");
                        texts += 1;
                        grounds.insert(under.to_string());
                    }
                }
            }
        }
    }
    assert!(texts > 300 && grounds.len() >= 6, "{texts} texts on {grounds:?}");
}

/// The texts of the page, which have their colours from the style.
#[test]
fn every_text_of_the_page_can_be_read() {
    const PAIRS: [(&str, &[&str]); 6] = [
        ("ink", &["paper", "panel", "good-soft", "bad-soft", "warn-soft"]),
        ("soft", &["paper", "panel", "warn-soft"]),
        ("accent", &["paper", "panel"]),
        ("good", &["paper"]),
        ("bad", &["paper"]),
        ("warn", &["paper"]),
    ];
    let page = page(&findings::rich());
    let style = &page[page.find("<style>").unwrap()..page.find("</style>").unwrap()];
    let modes: Vec<&str> = style.split(":root {").skip(1).collect();
    assert_eq!(modes.len(), 2, "light and dark");
    for (mode, badge) in modes.iter().zip(["#ffffff", "#12171e"]) {
        let colour = |name: &str| -> String {
            let rest = &mode[mode.find(&format!("--{name}: #")).expect(name)..];
            rest[rest.find('#').unwrap()..][..7].to_string()
        };
        for (text, grounds) in PAIRS {
            for ground in grounds {
                let found = contrast(&colour(text), &colour(ground));
                assert!(found >= TEXT, "{text} on {ground}: {found:.2}");
            }
        }
        // The word of the verdict on its badge.
        for ground in ["soft", "good", "bad", "warn"] {
            let found = contrast(badge, &colour(ground));
            assert!(found >= TEXT, "{badge} on {ground}: {found:.2}");
        }
    }
}

/// Colours that stand for different things in one picture.
#[test]
fn people_of_every_colour_vision_can_tell_the_colours_apart() {
    use Paint::*;
    // A difference of 2 to 3 is just noticed side by side; these are looked up in a legend.
    const APART: f64 = 15.0;
    let together: [&[Paint]; 3] =
        [&[Blue, Sky, Orange, Green, Purple], &[Bad, Ink, Purple, Blue, Orange], &[Accent, Orange]];
    let eyes =
        [("all cones", None), ("no long", Some(&PROTANOPIA)), ("no middle", Some(&DEUTERANOPIA))];
    for paints in together {
        for (i, a) in paints.iter().enumerate() {
            for b in &paints[i + 1..] {
                for (eye, matrix) in eyes {
                    for (a, b) in [(a.light(), b.light()), (a.dark(), b.dark())] {
                        let apart = distance(seen(linear(a), matrix), seen(linear(b), matrix));
                        assert!(apart >= APART, "{a} and {b}, {eye}: {apart:.1}");
                    }
                }
            }
        }
    }
}

/// Machado, Oliveira and Fernandes (2009), severity 1.
const PROTANOPIA: [Rgb; 3] = [
    [0.152_286, 1.052_583, -0.204_868],
    [0.114_503, 0.786_281, 0.099_216],
    [-0.003_882, -0.048_116, 1.051_998],
];
const DEUTERANOPIA: [Rgb; 3] = [
    [0.367_322, 0.860_646, -0.227_968],
    [0.280_085, 0.672_501, 0.047_413],
    [-0.011_820, 0.042_940, 0.968_881],
];

fn seen(colour: Rgb, matrix: Option<&[Rgb; 3]>) -> Rgb {
    let row = |row: &Rgb| row.iter().zip(colour).map(|(m, c)| m * c).sum::<f64>().clamp(0.0, 1.0);
    matrix.map_or(colour, |m| [row(&m[0]), row(&m[1]), row(&m[2])])
}

/// ΔE of CIE 1976.
fn distance(a: Rgb, b: Rgb) -> f64 {
    let lab = |c: Rgb| {
        let f = |t: f64| if t > 0.008_856 { libm::cbrt(t) } else { 7.787 * t + 16.0 / 116.0 };
        let x = f((0.4124 * c[0] + 0.3576 * c[1] + 0.1805 * c[2]) / 0.950_47);
        let z = f((0.0193 * c[0] + 0.1192 * c[1] + 0.9505 * c[2]) / 1.088_83);
        let y = f(luminance(c));
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    };
    lab(a).iter().zip(lab(b)).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
}

struct Area {
    x: f64,
    y: f64,
    w: f64,
    h: f64,
}

impl Area {
    fn holds(&self, (x, y): (f64, f64)) -> bool {
        (self.x..=self.x + self.w).contains(&x) && (self.y..=self.y + self.h).contains(&y)
    }
}

enum Shape {
    Ground(Area, String),
    /// At the middle of its letters.
    Text((f64, f64), String),
}

/// A shape of our own writer; `None` for what neither is text nor lies under one.
fn shape(element: &str) -> Option<Shape> {
    let (tag, rest) = element.split_once(' ')?;
    let rest = &rest[..rest.find('>')?];
    let word = |name: &str| {
        let at = rest.find(&format!("{name}=\""))? + name.len() + 2;
        Some(&rest[at..at + rest[at..].find('"')?])
    };
    let number = |name: &str| word(name).and_then(|w| w.parse::<f64>().ok());
    match tag {
        "rect" => {
            let fill = word("fill").filter(|fill| fill.starts_with('#'))?.to_string();
            let area = Area {
                x: number("x")?,
                y: number("y")?,
                w: number("width")?,
                h: number("height")?,
            };
            Some(Shape::Ground(area, fill))
        }
        "text" => {
            let (x, y) = (number("x")?, number("y")?);
            // Three points into it, whichever end it hangs on, and a third of its height up.
            let x = match word("text-anchor") {
                Some("end") => x - 3.0,
                Some(_) => x,
                None => x + 3.0,
            };
            Some(Shape::Text((x, y - 4.0), word("fill")?.to_string()))
        }
        _ => None,
    }
}

fn page(findings: &Findings) -> String {
    let origin = findings::origin();
    html::print(&Material { findings, rows: &Rows::default(), origin: &origin, directory: None })
}

/// With every picture in it.
fn pages() -> [String; 2] {
    let mut rich = findings::rich();
    findings::give_year(&mut rich);
    let compared = html::compare(&[("a".into(), rich.clone()), ("b".into(), findings::fleet(8))]);
    [page(&rich), compared]
}

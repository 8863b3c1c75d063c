//! Pictures as PNG files, with a font of their own (DejaVu Sans; its licence is beside it), so that
//! nothing need be installed.

use super::shape::Anchor;
use super::{MARGIN, Node, Paint, Picture, Shape};
use ab_glyph::{Font, FontRef, OutlineCurve, ScaleFont};
use tiny_skia::{
    Color, FillRule, LineCap, Path, PathBuilder, Pixmap, Rect, Stroke, StrokeDash, Transform,
};

/// Pixels per unit: sharp on screens with a high density and in print …
const SCALE: f32 = 2.0;
/// … unless the picture then has more pixels than this; one per unit it has at least.
const PIXELS: f32 = 3e6;
/// The largest side in pixels.
const MOST: f32 = 16_000.0;
const FONT: &[u8] = include_bytes!("DejaVuSans.ttf");

/// The picture on white.
pub fn png(picture: &Picture) -> Vec<u8> {
    let size = |units: f64| (units + 2.0 * MARGIN) as f32;
    let (w, h) = (size(picture.width), size(picture.height));
    let scale = libm::sqrtf(PIXELS / (w * h)).clamp(1.0, SCALE).min(MOST / w.max(h));
    let mut pixels = Pixmap::new(((w * scale) as u32).max(1), ((h * scale) as u32).max(1))
        .expect("the size is bounded");
    pixels.fill(Color::WHITE);
    let font = FontRef::try_from_slice(FONT).expect("the font is sound");
    let place = Transform::from_scale(scale, scale).pre_translate(MARGIN as f32, MARGIN as f32);
    for node in picture.nodes.iter().filter(|n| !n.hidden) {
        draw(&mut pixels, node, &font, place);
    }
    encoded(pixels).expect("a picture in memory can be encoded")
}

/// Opaque, so without the channel that says so; a picture of lines and areas is small however fast it is
/// compressed.
fn encoded(pixels: Pixmap) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, pixels.width(), pixels.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    // Red, green, blue and how opaque: three of four bytes move to the front.
    let mut data = pixels.take();
    let pixels = data.len() / 4;
    for pixel in 0..pixels {
        data.copy_within(4 * pixel..4 * pixel + 3, 3 * pixel);
    }
    data.truncate(3 * pixels);
    encoder.write_header()?.write_image_data(&data)?;
    Ok(file)
}

fn draw(pixels: &mut Pixmap, node: &Node, font: &FontRef, place: Transform) {
    let Some(path) = outline(&node.shape, font) else { return };
    let paint = |of: Paint| {
        let mut paint = tiny_skia::Paint::default();
        paint.set_color(colour(of));
        paint.anti_alias = true;
        paint
    };
    if let Some(fill) = node.fill {
        pixels.fill_path(&path, &paint(fill), FillRule::Winding, place, None);
    }
    let bold = matches!(node.shape, Shape::Text { bold: true, .. });
    let thick = node.fill.filter(|_| bold).map(|fill| (fill, 0.45));
    for (of, width) in node.stroke.into_iter().chain(thick) {
        let dash = if node.dashed { StrokeDash::new(vec![4.0, 3.0], 0.0) } else { None };
        let stroke =
            Stroke { width: width as f32, line_cap: LineCap::Butt, dash, ..Stroke::default() };
        pixels.stroke_path(&path, &paint(of), &stroke, place, None);
    }
}

fn colour(paint: Paint) -> Color {
    let hex = u32::from_str_radix(paint.light().trim_start_matches('#'), 16).unwrap_or(0);
    let part = |shift: u32| (hex >> shift & 0xFF) as f32 / 255.0;
    Color::from_rgba(part(16), part(8), part(0), 1.0).unwrap_or(Color::BLACK)
}

fn outline(shape: &Shape, font: &FontRef) -> Option<Path> {
    let mut path = PathBuilder::new();
    let f = |x: f64| x as f32;
    match shape {
        Shape::Rect { x, y, w, h, r } => {
            let (x, y, w, h) = (f(*x), f(*y), f(*w), f(*h));
            let r = f(*r).min(w / 2.0).min(h / 2.0);
            if r <= 0.0 {
                path.push_rect(Rect::from_xywh(x, y, w, h)?);
            } else {
                path.move_to(x + r, y);
                path.line_to(x + w - r, y);
                path.quad_to(x + w, y, x + w, y + r);
                path.line_to(x + w, y + h - r);
                path.quad_to(x + w, y + h, x + w - r, y + h);
                path.line_to(x + r, y + h);
                path.quad_to(x, y + h, x, y + h - r);
                path.line_to(x, y + r);
                path.quad_to(x, y, x + r, y);
                path.close();
            }
        }
        Shape::Circle { x, y, r } => path.push_circle(f(*x), f(*y), f(*r)),
        Shape::Line { from, to } => {
            path.move_to(f(from.0), f(from.1));
            path.line_to(f(to.0), f(to.1));
        }
        Shape::Path { points, closed } => {
            for (i, (x, y)) in points.iter().enumerate() {
                if i == 0 { path.move_to(f(*x), f(*y)) } else { path.line_to(f(*x), f(*y)) }
            }
            if *closed {
                path.close();
            }
        }
        Shape::Curve { from, to } => {
            let middle = f((from.0 + to.0) / 2.0);
            path.move_to(f(from.0), f(from.1));
            path.cubic_to(middle, f(from.1), middle, f(to.1), f(to.0), f(to.1));
        }
        Shape::Text { x, y, size, anchor, text, .. } => {
            letters(&mut path, font, (f(*x), f(*y)), f(*size) * 0.92, *anchor, text);
        }
    }
    path.finish()
}

/// The outlines of a line of text from its baseline. A letter that the font lacks is drawn as its box.
fn letters(
    path: &mut PathBuilder,
    font: &FontRef,
    at: (f32, f32),
    size: f32,
    anchor: Anchor,
    text: &str,
) {
    let units = font.units_per_em().unwrap_or(2048.0);
    let scale = size / units;
    let advance =
        |c: char| font.as_scaled(font.height_unscaled()).h_advance(font.glyph_id(c)) * scale;
    let text = crate::report::text::clean(text);
    let width: f32 = text.chars().map(advance).sum();
    let mut x = match anchor {
        Anchor::Start => at.0,
        Anchor::Middle => at.0 - width / 2.0,
        Anchor::End => at.0 - width,
    };
    for c in text.chars() {
        if let Some(outline) = font.outline(font.glyph_id(c)) {
            let to = |p: ab_glyph::Point| (x + p.x * scale, at.1 - p.y * scale);
            let mut last = None;
            for curve in &outline.curves {
                let (from, end) = match curve {
                    OutlineCurve::Line(a, b) => (a, b),
                    OutlineCurve::Quad(a, _, b) => (a, b),
                    OutlineCurve::Cubic(a, _, _, b) => (a, b),
                };
                if last != Some((from.x, from.y)) {
                    let (a, b) = to(*from);
                    path.move_to(a, b);
                }
                last = Some((end.x, end.y));
                let (ex, ey) = to(*end);
                match curve {
                    OutlineCurve::Line(..) => path.line_to(ex, ey),
                    OutlineCurve::Quad(_, c, _) => {
                        let (cx, cy) = to(*c);
                        path.quad_to(cx, cy, ex, ey);
                    }
                    OutlineCurve::Cubic(_, c, d, _) => {
                        let ((cx, cy), (dx, dy)) = (to(*c), to(*d));
                        path.cubic_to(cx, cy, dx, dy, ex, ey);
                    }
                }
            }
        }
        x += advance(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::svg::text;

    #[test]
    fn text_is_drawn_without_any_font_installed() {
        let mut picture = Picture::new(120.0, "x");
        picture.height = 20.0;
        let blank = png(&picture);
        picture.add(text(0.0, 14.0, "99.95 % ✓"));
        let drawn = png(&picture);
        assert!(drawn.starts_with(b"\x89PNG") && drawn.len() > blank.len() + 200);
        assert_eq!(drawn, png(&picture));
    }
}
